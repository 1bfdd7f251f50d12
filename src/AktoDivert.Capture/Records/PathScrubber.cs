using System.Text;
using AktoDivert.Capture.Scrub;

namespace AktoDivert.Capture.Records;

/// <summary>Scrubs paths. Not thread-safe.</summary>
internal sealed class PathScrubber
{
    private const int LongestKnown = 256;

    // Paths that needed a closer look and were found clean; what holds a secret is not kept.
    private readonly ByteMemo<bool> _clean = new();

    /// <summary>The path and query without credentials: itself when there are none.</summary>
    /// <param name="path">Valid UTF-8.</param>
    public ReadOnlySpan<byte> Scrub(ReadOnlySpan<byte> path)
    {
        if ((!path.Contains((byte)'?') && !SecretShapes.MayOccur(path)) || _clean.TryGet(path, out _))
        {
            return path;
        }

        ReadOnlySpan<byte> scrubbed = Encoding.UTF8.GetBytes(ParameterScrubber.ScrubUrl(Encoding.UTF8.GetString(path)));
        if (path.Length <= LongestKnown && scrubbed.SequenceEqual(path))
        {
            _clean.Trim();
            _clean.Add(path, true);
        }

        return scrubbed;
    }
}
