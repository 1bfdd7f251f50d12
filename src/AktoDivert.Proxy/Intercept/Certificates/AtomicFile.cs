namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>Writes a file so that a reader, or a crash, meets either the old content or the new one, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Owner reads and writes, nobody else sees it.</summary>
    public const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Everybody reads, the owner writes.</summary>
    public const UnixFileMode Public = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Replaces <paramref name="path"/>. The new file has <paramref name="mode"/> from the moment it exists, so that a secret is never
    /// readable by others, not even between two system calls. A link is followed, so that a linked configuration file stays linked.
    /// </summary>
    public static void Write(string path, string content, UnixFileMode mode)
    {
        var target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        var temporary = $"{target}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, CreateOnly(mode)))
            {
                SetMode(temporary, mode);
                using var writer = new StreamWriter(stream, leaveOpen: true);
                writer.Write(content);
                writer.Flush();
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static FileStreamOptions CreateOnly(UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        return options;
    }

    // The process's umask takes bits away at creation; a public file must be readable all the same.
    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
