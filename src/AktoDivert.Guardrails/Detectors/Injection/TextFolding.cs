namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>Brings letters that look alike to one form: lower case, no accents, ASCII for confusables (after UTS 39), nothing for the invisible.</summary>
internal static class TextFolding
{
    /// <summary>What an invisible character folds to.</summary>
    public const char Nothing = '\0';

    // U+00C0 to U+017F without their accents.
    private const string Latin =
        "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty" +
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    private const string Lookalikes = "аaеeоoрpсcуyхxіiѕsјjԁdһhԛqԝwвbкkмmнhтtαaοoρpεeιiκkνvτtυuχxβbηnγyωwɑaɡgıiℓlάaέeήnίiόoύuώw";

    private static readonly char[] Table = Build();

    /// <summary>The folded character; <see cref="Nothing"/> when it is to be left out.</summary>
    public static char Fold(char c) => c < Table.Length ? Table[c] : c switch
    {
        >= '\u200B' and <= '\u200F' or >= '\u202A' and <= '\u202E' or >= '\u2060' and <= '\u2064' or '\uFEFF' or >= '\uFE00' and <= '\uFE0F' => Nothing,
        >= '\uFF01' and <= '\uFF5E' => Table[c - 0xFEE0],
        >= '\u24B6' and <= '\u24CF' => (char)('a' + c - 0x24B6),
        >= '\u24D0' and <= '\u24E9' => (char)('a' + c - 0x24D0),
        '\u2018' or '\u2019' or '\u02BC' => '\'',
        _ => c,
    };

    /// <summary>The folded form of a surrogate pair: mathematical letters and tag characters are ASCII in disguise; others a space.</summary>
    public static char Fold(char high, char low)
    {
        var scalar = char.ConvertToUtf32(high, low);
        return scalar switch
        {
            >= 0x1D400 and <= 0x1D6A3 => (char)('a' + ((scalar - 0x1D400) % 26)),
            >= 0x1D7CE and <= 0x1D7FF => (char)('0' + ((scalar - 0x1D7CE) % 10)),
            >= 0x1F130 and <= 0x1F149 => (char)('a' + scalar - 0x1F130),
            >= 0x1F1E6 and <= 0x1F1FF => (char)('a' + scalar - 0x1F1E6),
            >= 0xE0020 and <= 0xE007E => Table[scalar - 0xE0000],
            >= 0xE0000 and <= 0xE01EF => Nothing,
            _ => ' ',
        };
    }

    private static char[] Build()
    {
        var table = new char[0x600];
        for (var c = 0; c < table.Length; c++)
        {
            table[c] = char.ToLowerInvariant((char)c);
        }

        for (var i = 0; i < Latin.Length; i++)
        {
            table[0xC0 + i] = Latin[i];
        }

        for (var i = 0; i + 1 < Lookalikes.Length; i += 2)
        {
            if (Lookalikes[i] < table.Length)
            {
                table[Lookalikes[i]] = Lookalikes[i + 1];
                table[Math.Min(char.ToUpperInvariant(Lookalikes[i]), table.Length - 1)] = Lookalikes[i + 1];
            }
        }

        table[0xAD] = Nothing;
        table[0x34F] = Nothing;
        for (var c = 0x300; c < 0x34F; c++)
        {
            table[c] = Nothing;
        }

        return table;
    }
}
