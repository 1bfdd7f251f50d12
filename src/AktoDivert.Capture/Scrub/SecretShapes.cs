using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace AktoDivert.Capture.Scrub;

/// <summary>Recognises credentials by their own form: JSON Web Tokens (RFC 7519) and the published key formats of vendors.</summary>
internal static partial class SecretShapes
{
    /// <summary>What a credential is replaced by.</summary>
    public const string Mark = "[scrubbed]";

    /// <summary>The same in UTF-8.</summary>
    public static ReadOnlySpan<byte> Utf8Mark => "[scrubbed]"u8;

    // What every form begins with.
    private static readonly string[] Prefixes =
    [
        "eyJ", "sk-", "AIza", "ya29.", "gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_", "glpat-", "gsk_", "xai-", "hf_", "pplx-", "r8_",
        "xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "AKIA", "ASIA", "tid=",
    ];

    // No form goes beyond one of them: white space, quotes, a comma.
    private static readonly SearchValues<byte> Ends = SearchValues.Create([.. "\t\n\v\f\r \"',"u8, 0x85, 0xa0]);

    private static readonly int LongestPrefix = Prefixes.Max(static prefix => prefix.Length);

    // A text without any of them, as most are, needs no expression.
    private static readonly SearchValues<string> Beginnings = SearchValues.Create(Prefixes, StringComparison.Ordinal);

    // Linear on any input: it reads whole binary bodies. In protobuf a length byte that is a letter may stand before a key, hence few \b.
    private static readonly Regex Known = new(
        @"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*" +
        @"|sk-(?:ant|proj|svcacct|admin|or)-[A-Za-z0-9_-]{16,}|\bsk-[A-Za-z0-9_-]{16,}" +
        @"|AIza[A-Za-z0-9_-]{35}" +
        @"|\bya29\.[A-Za-z0-9_.-]{16,}" +
        @"|\bgh[oprsu]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{16,}" +
        @"|\bgsk_[A-Za-z0-9]{20,}|\bxai-[A-Za-z0-9]{20,}|\bhf_[A-Za-z0-9]{20,}|\bpplx-[A-Za-z0-9]{20,}|\br8_[A-Za-z0-9]{20,}" +
        @"|\bxox[abeoprs]-[A-Za-z0-9-]{10,}" +
        @"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b" +
        @"|\btid=[A-Za-z0-9]{16,};[^\s""',]{16,}",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>Whether the text, in UTF-8 or Latin-1, may hold a token or key of a known form: one fast scan, which most texts end with.</summary>
    public static bool MayOccur(ReadOnlySpan<byte> text) => IndexOfBeginning(text) >= 0;

    /// <summary>Whether the text holds a token or key of a known form.</summary>
    public static bool Occurs(ReadOnlySpan<char> text) => text.ContainsAny(Beginnings) && Known.IsMatch(text);

    /// <summary>
    /// Whether a value that stands where a token may stand is one: of a known form, or long, without blanks, letters and digits mixed.
    /// </summary>
    public static bool LooksLikeCredential(ReadOnlySpan<char> value) => Occurs(value) || Opaque().IsMatch(value);

    /// <summary>The text with every token and key of a known form replaced.</summary>
    public static string Replace(string text) => text.AsSpan().ContainsAny(Beginnings) ? Known.Replace(text, Mark) : text;

    /// <summary>
    /// Masks keys within binary content (protobuf carries them as plain ASCII) by as many asterisks, so that every length prefix stays
    /// right. Only what surrounds the beginning of a key is looked at closely: a body may be megabytes.
    /// </summary>
    public static void MaskBinary(Span<byte> binary)
    {
        for (var at = IndexOfBeginning(binary); at >= 0; at = IndexOfBeginning(binary))
        {
            var length = binary[at..].IndexOfAny(Ends);
            var end = length < 0 ? binary.Length : at + length;

            // With the bytes beside it, which tell whether a word begins and ends here.
            var around = binary[Math.Max(0, at - 1)..Math.Min(end + 1, binary.Length)];
            foreach (var key in Known.EnumerateMatches(Encoding.Latin1.GetString(around)))
            {
                around.Slice(key.Index, key.Length).Fill((byte)'*');
            }

            binary = binary[end..];
        }
    }

    private static int IndexOfBeginning(ReadOnlySpan<byte> text)
    {
        Span<char> wide = stackalloc char[512];
        for (var start = 0; ; start += wide.Length - LongestPrefix + 1)
        {
            var part = text[start..Math.Min(text.Length, start + wide.Length)];
            Encoding.Latin1.GetChars(part, wide);
            var found = wide[..part.Length].IndexOfAny(Beginnings);
            if (found >= 0)
            {
                return start + found;
            }

            if (start + part.Length == text.Length)
            {
                return -1;
            }
        }
    }

    [GeneratedRegex(@"^(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_\-./+=~:|]{20,4096}$", RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Opaque();
}
