using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>
/// Keys, tokens and passwords. Tokens are long runs of few characters, which prose hardly has: one pass finds the runs, and only within
/// them are prefixes looked up and expressions run. Key blocks, passwords in addresses and assignments have scanners of their own.
/// </summary>
internal sealed class SecretDetector : IDetector
{
    /// <summary>What all detections of this detector are.</summary>
    public const string Entity = "secret";

    private const int Shortest = 14;
    private const int LongestToken = 8192;
    private const int NearReach = 64;
    private const int InfixReach = 120;
    private const int Base64Run = 400;

    private readonly double _threshold;
    private readonly SecretRule[][] _byFirst = new SecretRule[128][];
    private readonly SecretRule[] _byInfix;
    private readonly SecretRule[] _near;
    private readonly SearchValues<string> _nearWords;
    private readonly SearchValues<string> _infixes;

    /// <summary>Builds the detector.</summary>
    /// <param name="threshold">Score from which to report.</param>
    public SecretDetector(double threshold)
    {
        _threshold = threshold;
        var rules = SecretRules.All;
        for (var c = 0; c < 128; c++)
        {
            _byFirst[c] = [.. rules.Where(r => r.Start.Any(s => s[0] == c))];
        }

        _byInfix = [.. rules.Where(r => r.Infix.Length > 0)];
        _near = [.. rules.Where(r => r.Near.Length > 0)];
        _nearWords = SearchValues.Create([.. _near.SelectMany(r => r.Near).Distinct()], StringComparison.OrdinalIgnoreCase);
        _infixes = SearchValues.Create([.. _byInfix.Select(r => r.Infix)], StringComparison.Ordinal);
    }

    /// <inheritdoc />
    public string Name => "secrets";

    /// <inheritdoc />
    public void Scan(ReadOnlySpan<char> text, List<Detection> found)
    {
        var before = found.Count;
        for (var start = 0; start + Shortest <= text.Length;)
        {
            var gap = start + Shortest - 1;
            while (gap >= start && TokenCharacters.Contains(text[gap]))
            {
                gap--;
            }

            if (gap >= start)
            {
                start = gap + 1;
                continue;
            }

            var end = start + Shortest;
            while (end < text.Length && TokenCharacters.Contains(text[end]))
            {
                end++;
            }

            Run(text, start, end, found);
            start = end + 1;
        }

        KeyBlock.Scan(text, this, found);
        AddressPassword.Scan(text, this, found);
        Assignment.Scan(text, this, found);
        if (found.Count - before > 1)
        {
            Overlaps.KeepStrongest(found, before);
        }
    }

    /// <inheritdoc />
    public int HoldFrom(ReadOnlySpan<char> text)
    {
        var block = KeyBlock.HoldFrom(text);
        var start = text.Length;
        while (start > 0 && text.Length - start < LongestToken && TokenCharacters.Contains(text[start - 1]))
        {
            start--;
        }

        if (start == text.Length)
        {
            return Math.Min(block, Assignment.HoldFrom(text, start));
        }

        var run = text[start..];
        if (run.Contains("://", StringComparison.Ordinal) || (run.Length >= 8 && run.ContainsAnyInRange('0', '9'))
            || text[Math.Max(0, start - NearReach)..].ContainsAny(_nearWords) || Assignment.HoldFrom(text, start) < text.Length)
        {
            return Math.Min(block, start);
        }

        for (var at = start; at < text.Length; at++)
        {
            if (TokenCharacters.IsStart(text, at) && CouldBegin(text[at..]))
            {
                return Math.Min(block, at);
            }
        }

        return block;
    }

    /// <summary>Reports a secret whose place and kind are known, unless it is below the threshold.</summary>
    internal void Report(string rule, string vendor, double score, int start, int length, List<Detection> found)
    {
        if (score >= _threshold)
        {
            found.Add(new Detection(Name, Entity, rule, score, start, length, vendor));
        }
    }

    // Whether the text goes on from a known prefix, or is the beginning of one.
    private bool CouldBegin(ReadOnlySpan<char> tail)
    {
        if (tail[0] >= 128)
        {
            return false;
        }

        foreach (var rule in _byFirst[tail[0]])
        {
            foreach (var literal in rule.Start)
            {
                if (tail.StartsWith(literal) || literal.AsSpan().StartsWith(tail))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private void Run(ReadOnlySpan<char> text, int start, int end, List<Detection> found)
    {
        // Pictures and archives as base64 hold any short prefix somewhere.
        var run = text[start..end];
        var base64 = run.Length > Base64Run && !run[1..].ContainsAny('-', '_', '.') && run.ContainsAny('+', '/');
        var next = start;
        for (var at = start; at < end; at++)
        {
            if (at < next || !(char.IsAsciiLetterOrDigit(text[at]) || (text[at] is '_' or '-' && at == start)) || !TokenCharacters.IsStart(text, at))
            {
                continue;
            }

            if (base64 && at > start)
            {
                break;
            }

            var length = Prefixed(text, at, end, found);
            if (length == 0 && end - at >= Shortest)
            {
                length = Named(text, at, end, found);
            }

            next = at + length;
        }

        if (run.ContainsAny(_infixes))
        {
            Infixed(text, start, end, found);
        }
    }

    private int Prefixed(ReadOnlySpan<char> text, int at, int end, List<Detection> found)
    {
        var tail = text[at..Math.Min(end, at + LongestToken)];
        foreach (var rule in _byFirst[text[at]])
        {
            foreach (var literal in rule.Start)
            {
                if (tail.Length >= Shortest && tail.StartsWith(literal) && rule.LengthAt(tail) is var length and > 0
                    && IsEnd(text, at + length) && IsReal(rule, tail[..length], literal.Length))
                {
                    var check = rule.Checksum.Length > 0 && TokenChecksum.IsBase62Crc32(tail[..length]);
                    Report(rule.Id, rule.Vendor, check ? 0.99 : rule.Checksum.Length > 0 ? 0.7 : 0.9, at, length, found);
                    return length;
                }
            }
        }

        return 0;
    }

    private void Infixed(ReadOnlySpan<char> text, int start, int end, List<Detection> found)
    {
        foreach (var rule in _byInfix)
        {
            var place = text[start..end].IndexOf(rule.Infix, StringComparison.Ordinal);
            if (place < 0)
            {
                continue;
            }

            // A token reaches back no further than this.
            var at = Math.Max(start, start + place - InfixReach);
            for (; at < start + place + 1; at++)
            {
                if (!TokenCharacters.IsStart(text, at) && at > start)
                {
                    continue;
                }

                var tail = text[at..Math.Min(end, at + 512)];
                if (rule.LengthAt(tail) is var length and > 0 && IsEnd(text, at + length) && IsReal(rule, tail[..length], 0))
                {
                    Report(rule.Id, rule.Vendor, 0.9, at, length, found);
                    break;
                }
            }
        }
    }

    private int Named(ReadOnlySpan<char> text, int at, int end, List<Detection> found)
    {
        var word = at;
        while (word < end && word - at < NearReach && text[word] is not ('@' or '%' or '$' or '!'))
        {
            word++;
        }

        var from = Math.Max(0, at - NearReach);
        var window = text[from..at];
        if (word - at < Shortest || !text[at..word].ContainsAnyInRange('0', '9') || !window.ContainsAny(_nearWords))
        {
            return 0;
        }

        var tail = text[at..Math.Min(end, at + LongestToken)];
        foreach (var rule in _near)
        {
            foreach (var near in rule.Near)
            {
                var place = window.LastIndexOf(near, StringComparison.OrdinalIgnoreCase);
                if (place >= 0 && Naming.IsAssigned(window[place..], near.Length) && rule.LengthAt(tail) is var length and > 0
                    && IsEnd(text, at + length) && text[at..(at + length)].IndexOf('-') is not 0
                    && (at + length >= text.Length || text[at + length] is not ('-' or '+' or '/' or '.') || at + length + 1 >= text.Length || !char.IsAsciiLetterOrDigit(text[at + length + 1]))
                    && IsReal(rule, tail[..length], 0))
                {
                    Report(rule.Id, rule.Vendor, 0.75, at, length, found);
                    return length;
                }
            }
        }

        return 0;
    }

    private static bool IsEnd(ReadOnlySpan<char> text, int end) => end >= text.Length || !(char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_');

    private static bool IsReal(SecretRule rule, ReadOnlySpan<char> token, int prefix) =>
        Placeholder.Entropy(token[Math.Min(prefix, token.Length - 1)..]) >= rule.Entropy && !Placeholder.Is(token[Math.Min(prefix, token.Length - 1)..]);
}
