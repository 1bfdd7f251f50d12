using System.Collections.Concurrent;

namespace AktoDivert.Redirect.Windows;

/// <summary>
/// Who signed executables. Checking a signature reads the whole file and takes up to seconds, so the first question about a file starts the check in the
/// background and is answered with nothing; later ones know.
/// </summary>
/// <param name="check">Checks a file's Authenticode signature and gives the signer's name; empty when there is no valid one.</param>
internal sealed class PublisherCache(Func<string, string> check)
{
    private const int MostFiles = 1024;
    private readonly ConcurrentDictionary<FileVersion, string> _known = new();

    /// <summary>The signer of a file, or an empty text while that is not known.</summary>
    public string Find(string path)
    {
        if (path.Length == 0 || FileVersion.Of(path) is not { } version)
        {
            return "";
        }

        if (_known.TryGetValue(version, out var publisher))
        {
            return publisher;
        }

        if (_known.Count >= MostFiles)
        {
            _known.Clear();
        }

        if (_known.TryAdd(version, ""))
        {
            ThreadPool.UnsafeQueueUserWorkItem(file => _known[file] = check(file.Path), version, preferLocal: false);
        }

        return "";
    }

    /// <summary>A file as it is now: an update in place is another one.</summary>
    private sealed record FileVersion(string Path, long Length, DateTime Written)
    {
        public static FileVersion? Of(string path)
        {
            try
            {
                var file = new FileInfo(path);
                return file.Exists ? new FileVersion(path, file.Length, file.LastWriteTimeUtc) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return null;
            }
        }
    }
}
