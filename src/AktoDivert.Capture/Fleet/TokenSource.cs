namespace AktoDivert.Capture.Fleet;

/// <summary>
/// The device's token, from a file that may be replaced while the agent runs, or else from the environment. It is never logged.
/// Thread-safe.
/// </summary>
/// <param name="path">Path of the token file; null for none. A file that is missing or empty counts as none.</param>
/// <param name="fallback">Token to use without a file, usually the value of <see cref="Variable"/>; null for none.</param>
public sealed class TokenSource(string? path, string? fallback)
{
    /// <summary>Name of the environment variable.</summary>
    public const string Variable = "AKTODIVERT_TOKEN";

    private readonly Lock _lock = new();
    private DateTime _modified;
    private string? _fromFile;

    /// <summary>The token in force, or null when the device has none.</summary>
    public string? Read()
    {
        lock (_lock)
        {
            if (path is not null)
            {
                Reload(path);
            }

            return _fromFile ?? (string.IsNullOrWhiteSpace(fallback) ? null : fallback.Trim());
        }
    }

    private void Reload(string file)
    {
        try
        {
            // A file that does not exist has a fixed time of its own, which also differs from that of any token file.
            var modified = File.GetLastWriteTimeUtc(file);
            if (modified == _modified)
            {
                return;
            }

            var text = File.Exists(file) ? File.ReadAllText(file).Trim() : "";
            _fromFile = text.Length == 0 ? null : text;
            _modified = modified;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Being replaced right now, or made unreadable: the token known so far stays until the next look.
        }
    }
}
