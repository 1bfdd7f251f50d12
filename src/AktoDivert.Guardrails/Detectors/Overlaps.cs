using System.Runtime.InteropServices;

namespace AktoDivert.Guardrails.Detectors;

/// <summary>Detections of one detector that overlap.</summary>
internal static class Overlaps
{
    /// <summary>Whether one of those from <paramref name="from"/> on shares a character with the text from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static bool Any(List<Detection> found, int from, int start, int end)
    {
        foreach (var detection in CollectionsMarshal.AsSpan(found)[from..])
        {
            if (detection.Offset < end && detection.End > start)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Keeps the surest of those that overlap, from <paramref name="from"/> on, and orders them by place.</summary>
    public static void KeepStrongest(List<Detection> found, int from)
    {
        var span = CollectionsMarshal.AsSpan(found)[from..];
        span.Sort(static (a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : b.Length.CompareTo(a.Length));
        var kept = 0;
        for (var i = 1; i < span.Length; i++)
        {
            if (span[i].Offset >= span[kept].End)
            {
                span[++kept] = span[i];
            }
            else if (span[i].Score > span[kept].Score)
            {
                span[kept] = span[i];
            }
        }

        found.RemoveRange(from + kept + 1, span.Length - kept - 1);
    }
}
