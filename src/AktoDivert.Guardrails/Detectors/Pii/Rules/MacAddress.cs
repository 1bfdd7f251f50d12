namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Hardware addresses (IEEE 802): six octets with one separator, or three groups of four.</summary>
internal static class MacAddress
{
    /// <summary>Name of the entity.</summary>
    public const string Entity = "mac";

    /// <summary>The address whose first separator stands at <paramref name="at"/>; length 0 for none.</summary>
    public static (int Offset, int Length, double Score) Find(ReadOnlySpan<char> text, int at)
    {
        var (group, length) = text[at] == '.' ? (4, 14) : (2, 17);
        var start = at - group;
        if (start < 0 || start + length > text.Length || !Text.IsWordEnd(text, start + length))
        {
            return default;
        }

        var address = text.Slice(start, length);
        for (var i = 0; i < length; i++)
        {
            if (i % (group + 1) == group ? address[i] != text[at] : !char.IsAsciiHexDigit(address[i]))
            {
                return default;
            }
        }

        // Broadcast and null name no device; a longer chain is something else.
        return (start > 0 && (Text.IsWord(text[start - 1]) || text[start - 1] == text[at]))
            || (start + length < text.Length && text[start + length] == text[at] && text[at] != '.')
            || !address.ContainsAnyExcept("0:-.") || !address.ContainsAnyExcept("fF:-.") ? default : (start, length, 0.7);
    }
}
