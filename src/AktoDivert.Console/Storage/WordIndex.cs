using System.Globalization;

namespace AktoDivert.Console.Storage;

/// <summary>
/// Finds words in text that is sealed: a column keeps a keyed hash of each word, and a search looks for the hash. Whoever reads the database
/// without the key learns which rows share words, and no word.
/// </summary>
internal static class WordIndex
{
    private const int MostWords = 60;
    private const int LongestWord = 64;
    private const int Digits = 6;

    /// <summary>The hashes of a text's words: six hex digits each, in spaces.</summary>
    public static string Of(string text, ContentSeal seal)
    {
        Span<int> hashes = stackalloc int[MostWords];
        Span<char> word = stackalloc char[LongestWord];
        var (count, at) = (0, 0);
        while (count < MostWords && TryNext(text, ref at, word, out var length))
        {
            var hash = seal.WordHash(word[..length]);
            if (!hashes[..count].Contains(hash))
            {
                hashes[count++] = hash;
            }
        }

        return count == 0 ? "" : Join(hashes[..count]);
    }

    /// <summary>What a search looks for in the column; null when the text is not exactly one word.</summary>
    public static string? Of(ContentSeal seal, string word)
    {
        Span<char> found = stackalloc char[LongestWord];
        var at = 0;
        if (!TryNext(word, ref at, found, out var length))
        {
            return null;
        }

        var hash = seal.WordHash(found[..length]);
        return TryNext(word, ref at, found, out _) ? null : Join([hash]);
    }

    /// <summary>The next run of letters and digits, in lower case and cut at the longest.</summary>
    private static bool TryNext(ReadOnlySpan<char> text, ref int at, Span<char> word, out int length)
    {
        while (at < text.Length && !char.IsLetterOrDigit(text[at]))
        {
            at++;
        }

        var begin = at;
        while (at < text.Length && char.IsLetterOrDigit(text[at]))
        {
            at++;
        }

        length = text[begin..Math.Min(at, begin + LongestWord)].ToLowerInvariant(word);
        return length > 0;
    }

    private static string Join(ReadOnlySpan<int> hashes) => string.Create(1 + (hashes.Length * (Digits + 1)), hashes, static (text, from) =>
    {
        text[0] = ' ';
        for (var i = 0; i < from.Length; i++)
        {
            from[i].TryFormat(text[((i * (Digits + 1)) + 1)..], out _, "x6", CultureInfo.InvariantCulture);
            text[(i + 1) * (Digits + 1)] = ' ';
        }
    });
}
