namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>Characters that tokens consist of, and where within a run of them a token may begin.</summary>
internal static class TokenCharacters
{
    // Bit per character: letters, digits and _-+/=.~:%$!@
    private const ulong Low = (1ul << '!') | (1ul << '$') | (1ul << '%') | (1ul << '+') | (1ul << '-') | (1ul << '.') | (1ul << '/') | (1ul << ':') | (1ul << '=') | (0x3FFul << '0');
    private const ulong High = (1ul << ('@' - 64)) | (1ul << ('_' - 64)) | (1ul << ('~' - 64)) | (0x3FFFFFFul << ('A' - 64)) | (0x3FFFFFFul << ('a' - 64));

    /// <summary>Whether a run goes on with this character.</summary>
    public static bool Contains(char c) => c < 128 && (((c < 64 ? Low : High) >> (c & 63)) & 1) != 0;

    /// <summary>Whether a token may begin at <paramref name="index"/>: no word goes on into it, escapes and percent-encoding aside.</summary>
    public static bool IsStart(ReadOnlySpan<char> text, int index)
    {
        if (index == 0)
        {
            return true;
        }

        var before = text[index - 1];
        if (!char.IsAsciiLetterOrDigit(before) && before is not ('_' or '-'))
        {
            return true;
        }

        return (index > 1 && before is 'n' or 'r' or 't' && text[index - 2] == '\\')
            || (index > 2 && text[index - 3] == '%' && char.IsAsciiHexDigit(before) && char.IsAsciiHexDigit(text[index - 2]));
    }
}
