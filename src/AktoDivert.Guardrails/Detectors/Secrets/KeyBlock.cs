namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>Private keys in PEM (RFC 7468), OpenSSH, PGP (RFC 9580) and PuTTY files.</summary>
internal static class KeyBlock
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Putty = "PuTTY-User-Key-File-";
    private const int LongestLabel = 64;
    private const int LongestBlock = 64 * 1024;
    private const int FewestCharacters = 40;

    /// <summary>Reports all private keys.</summary>
    public static void Scan(ReadOnlySpan<char> text, SecretDetector detector, List<Detection> found)
    {
        for (var at = 0; text[at..].IndexOf(Begin, StringComparison.Ordinal) is var next and >= 0;)
        {
            at += next;
            var length = Length(text[at..], out var rule);
            if (length > 0)
            {
                detector.Report(rule, "", 0.95, at, length, found);
            }

            at += Math.Max(length, Begin.Length);
        }

        if (text.IndexOf(Putty, StringComparison.Ordinal) is var putty and >= 0 && text[putty..].IndexOf("Private-Lines:", StringComparison.Ordinal) is var lines and >= 0)
        {
            var end = text[(putty + lines)..].IndexOf("Private-MAC", StringComparison.Ordinal);
            detector.Report("putty-private-key", "", 0.95, putty, end < 0 ? text.Length - putty : lines + end, found);
        }
    }

    /// <summary>From an unfinished block or its first hyphens on.</summary>
    public static int HoldFrom(ReadOnlySpan<char> text)
    {
        var begin = text.LastIndexOf(Begin, StringComparison.Ordinal);
        if (begin >= 0 && text.Length - begin < LongestBlock && !Ends(text[begin..]))
        {
            return begin;
        }

        for (var length = Math.Min(Begin.Length - 1, text.Length); length > 0; length--)
        {
            if (text[^length..].SequenceEqual(Begin.AsSpan(0, length)))
            {
                return text.Length - length;
            }
        }

        return text.Length;
    }

    private static bool Ends(ReadOnlySpan<char> block)
    {
        var end = block.IndexOf(End, StringComparison.Ordinal);
        return end >= 0 && block[(end + End.Length)..].Contains("-----", StringComparison.Ordinal);
    }

    private static int Length(ReadOnlySpan<char> block, out string rule)
    {
        rule = "";
        var label = block[Begin.Length..Math.Min(block.Length, Begin.Length + LongestLabel)];
        var close = label.IndexOf("-----", StringComparison.Ordinal);
        if (close < 0 || !label[..close].Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return 0;
        }

        rule = label[..close].Contains("PGP", StringComparison.Ordinal) ? "pgp-private-key" : "private-key";
        var body = block[(Begin.Length + close + 5)..Math.Min(block.Length, LongestBlock)];

        // Where another block begins this one is over; reading on would read a text full of beginnings once for each of them.
        if (body.IndexOf(Begin, StringComparison.Ordinal) is var another and >= 0)
        {
            body = body[..another];
        }

        var end = body.IndexOf(End, StringComparison.Ordinal);
        var content = end < 0 ? body : body[..end];
        var (characters, differing) = (0, 0ul);
        foreach (var c in content)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=')
            {
                characters++;
                differing |= 1ul << (c & 63);
            }
        }

        // "-----BEGIN PRIVATE KEY-----\n...\n-----END" and prose about it hold no key.
        if (characters < FewestCharacters || System.Numerics.BitOperations.PopCount(differing) < 16 || Placeholder.Is(content[..Math.Min(content.Length, 256)])
            || (end < 0 && content.Count(' ') * 8 > content.Length))
        {
            return 0;
        }

        var closing = end < 0 ? -1 : body[(end + End.Length)..].IndexOf("-----", StringComparison.Ordinal);
        return Begin.Length + close + 5 + (end < 0 ? body.Length : closing < 0 ? end : end + End.Length + closing + 5);
    }
}
