using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Engine;

/// <summary>Masks what was found in a body: each within its own string, with as many bytes as it had. Nothing else changes.</summary>
internal static class BodyMask
{
    /// <summary>The body with the hits masked that <paramref name="which"/> names; null when there are none.</summary>
    public static byte[]? Apply(ReadOnlyMemory<byte> body, IEnumerable<Hit> hits, Func<Hit, bool> which)
    {
        byte[]? masked = null;
        foreach (var group in hits.Where(hit => hit.Part is { CanRedact: true } && Hit.CanMask(hit.Detector.Type) && which(hit)).GroupBy(hit => hit.Part!))
        {
            masked ??= body.ToArray();
            Part(masked, group.Key, Merge(group));
        }

        return masked;
    }

    /// <summary>Where a hit stands in the text once it and those before it are masked.</summary>
    public static (int Offset, int Length) PlaceAfter(Hit hit, IEnumerable<Hit> all)
    {
        var part = hit.Part!;
        var (start, end) = CodedText.RawRange(part.Raw, part.Coding, hit.Detection.Offset, hit.Detection.End);
        var grown = 0;
        foreach (var (from, to, _) in Merge(all.Where(other => other.Part == part && other.IsSensitive && other.Detection.Offset < hit.Detection.Offset)))
        {
            var (rawFrom, rawTo) = CodedText.RawRange(part.Raw, part.Coding, from, to);
            grown += rawTo - rawFrom - (to - from);
        }

        return (hit.Detection.Offset + grown, hit.IsSensitive ? end - start : hit.Detection.Length);
    }

    /// <summary>Ranges of characters that overlap or touch become one, under the name of the first.</summary>
    public static List<(int Start, int End, Hit Hit)> Merge(IEnumerable<Hit> hits)
    {
        var merged = new List<(int Start, int End, Hit Hit)>();
        foreach (var hit in hits.OrderBy(hit => hit.Detection.Offset))
        {
            if (merged.Count > 0 && hit.Detection.Offset < merged[^1].End)
            {
                merged[^1] = (merged[^1].Start, Math.Max(merged[^1].End, hit.Detection.End), merged[^1].Hit);
            }
            else
            {
                merged.Add((hit.Detection.Offset, hit.Detection.End, hit));
            }
        }

        return merged;
    }

    private static void Part(byte[] body, TextPart part, List<(int Start, int End, Hit Hit)> ranges)
    {
        foreach (var (start, end, hit) in ranges)
        {
            var (from, to) = CodedText.RawRange(part.Raw, part.Coding, start, end);
            Mask.Write(body.AsSpan(part.Start + from, to - from), hit.Detector.Name, hit.Detection.Rule);
        }
    }
}
