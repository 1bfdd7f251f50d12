using System.Security.Cryptography;
using AktoDivert.Console.Hosting;

namespace AktoDivert.Console.Storage;

/// <summary>The file of the content key: 32 random bytes as base64, readable by its owner alone.</summary>
internal static class ContentKeyFile
{
    /// <summary>Name of the file in the data directory, unless an option names another.</summary>
    public const string FileName = "content.key";

    private const int KeyLength = 32;

    /// <summary>Reads the key; makes the file when it is absent.</summary>
    /// <exception cref="ConsoleStartException">It cannot be read or made, or holds no key.</exception>
    public static ContentSeal Open(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                Create(path);
            }

            var key = Convert.FromBase64String(File.ReadAllText(path).Trim());
            return key.Length == KeyLength
                ? new ContentSeal(key)
                : throw new ConsoleStartException($"{path} holds {key.Length} bytes; a content key has {KeyLength}. Restore the file from a backup.");
        }
        catch (FormatException e)
        {
            throw new ConsoleStartException($"{path} is no base64. Restore the file from a backup.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConsoleStartException($"The content key {path}: {e.Message}", e);
        }
    }

    private static void Create(string path)
    {
        // Written aside and moved: two commands that start at once must not end up with two keys.
        var made = $"{path}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(made, options))
        {
            writer.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)));
        }

        try
        {
            File.Move(made, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(made);
        }
    }
}
