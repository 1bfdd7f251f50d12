namespace AktoDivert.Console.Hosting;

/// <summary>Makes the data directory and, before anything is in it, the database file, so that only their owner can look into them.</summary>
internal static class DataDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the directory when absent.</summary>
    /// <exception cref="ConsoleStartException">It cannot be made.</exception>
    public static void Ensure(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                // SQLite gives the files beside the database its mode, so a directory that was there before, open to others, is safe too.
                Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
                Directory.CreateDirectory(Path.Combine(path, SignIn.SignInRegistration.KeysDirectory), OwnerOnly | UnixFileMode.UserExecute);
                new FileStream(Path.Combine(path, Storage.StorageRegistration.FileName), new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = OwnerOnly,
                }).Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConsoleStartException($"--data {path}: {e.Message} Choose a directory this account may write to.", e);
        }
    }
}
