namespace AktoDivert.Guardrails.Detectors;

/// <summary>Where words begin and end.</summary>
internal static class Text
{
    /// <summary>Whether no word goes on from before <paramref name="index"/> into it. A sign begins and ends a word by itself.</summary>
    public static bool IsWordStart(ReadOnlySpan<char> text, int index) =>
        index == 0 || !IsWord(text[index]) || !IsWord(text[index - 1]);

    /// <summary>Whether the word whose last character is before <paramref name="end"/> does not go on.</summary>
    public static bool IsWordEnd(ReadOnlySpan<char> text, int end) =>
        end >= text.Length || !IsWord(text[end - 1]) || !IsWord(text[end]);

    /// <summary>Letters and digits of any script, and the underscore.</summary>
    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || (c > 127 && char.IsLetterOrDigit(c));
}
