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

    /// <summary>The hashes of a text's words: six hex digits each, in spaces.</summary>
    public static string Of(string text, ContentSeal seal)
    {
        if (text.Length == 0)
        {
            return "";
        }

        var hashes = Words(text).Distinct(StringComparer.Ordinal).Take(MostWords).Select(w => Hash(w, seal)).Distinct(StringComparer.Ordinal);
        return $" {string.Join(' ', hashes)} ";
    }

    /// <summary>What a search looks for in the column; null when the text is not exactly one word.</summary>
    public static string? Of(ContentSeal seal, string word) => Words(word).Take(2).ToList() is [var one] ? $" {Hash(one, seal)} " : null;

    /// <summary>Runs of letters and digits, lower case.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var begin = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
            {
                begin = begin < 0 ? i : begin;
            }
            else if (begin >= 0)
            {
                yield return text[begin..Math.Min(i, begin + LongestWord)].ToLowerInvariant();
                begin = -1;
            }
        }
    }

    private static string Hash(string word, ContentSeal seal) => seal.WordHash(word).ToString("x6", CultureInfo.InvariantCulture);
}
