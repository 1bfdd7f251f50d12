namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>Check digits that several identifiers share. Digits are values 0 to 9, most significant first.</summary>
internal static class Checksums
{
    // Verhoeff 1969: multiplication in the dihedral group D5, and the permutation by position.
    private static ReadOnlySpan<byte> D5 =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 0, 6, 7, 8, 9, 5, 2, 3, 4, 0, 1, 7, 8, 9, 5, 6, 3, 4, 0, 1, 2, 8, 9, 5, 6, 7,
        4, 0, 1, 2, 3, 9, 5, 6, 7, 8, 5, 9, 8, 7, 6, 0, 4, 3, 2, 1, 6, 5, 9, 8, 7, 1, 0, 4, 3, 2, 7, 6, 5, 9, 8, 2, 1, 0, 4, 3,
        8, 7, 6, 5, 9, 3, 2, 1, 0, 4, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
    ];

    private static ReadOnlySpan<byte> Permutation =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 5, 7, 6, 2, 8, 3, 0, 9, 4, 5, 8, 0, 3, 7, 9, 6, 1, 4, 2, 8, 9, 1, 6, 0, 4, 3, 5, 2, 7,
        9, 4, 5, 3, 1, 2, 6, 8, 7, 0, 4, 2, 8, 6, 5, 7, 3, 9, 0, 1, 2, 7, 9, 3, 8, 0, 6, 4, 1, 5, 7, 0, 4, 6, 9, 1, 3, 2, 5, 8,
    ];

    /// <summary>ISO/IEC 7812-1 annex B ("Luhn").</summary>
    public static bool Luhn(ReadOnlySpan<byte> digits) => LuhnSum(digits) % 10 == 0;

    /// <summary>The sum whose last digit the Luhn check looks at.</summary>
    public static int LuhnSum(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            var d = digits[i] * (1 + ((digits.Length - 1 - i) & 1));
            sum += d > 9 ? d - 9 : d;
        }

        return sum;
    }

    /// <summary>Verhoeff's check digit, as Aadhaar and the Nigerian NIN use it.</summary>
    public static bool Verhoeff(ReadOnlySpan<byte> digits)
    {
        var c = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            c = D5[(c * 10) + Permutation[(i % 8 * 10) + digits[digits.Length - 1 - i]]];
        }

        return c == 0;
    }

    /// <summary>ISO 7064 MOD 11,10, as the German tax and VAT numbers use it.</summary>
    public static bool Mod11Mod10(ReadOnlySpan<byte> digits)
    {
        var product = 10;
        foreach (var d in digits[..^1])
        {
            var sum = (d + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }

        return (11 - product) % 10 == digits[^1];
    }

    /// <summary>Sum of digits times weights, over the shorter of both.</summary>
    public static int Weighted(ReadOnlySpan<byte> digits, ReadOnlySpan<byte> weights)
    {
        var sum = 0;
        for (var i = 0; i < Math.Min(digits.Length, weights.Length); i++)
        {
            sum += digits[i] * weights[i];
        }

        return sum;
    }

    /// <summary>ICAO 9303-3 section 4.9: weights 7, 3, 1 over digits and letters (A is 10), modulo 10.</summary>
    public static bool Icao(ReadOnlySpan<char> document)
    {
        var sum = 0;
        for (var i = 0; i < document.Length - 1; i++)
        {
            sum += Value(document[i]) * (7 - (i % 3 * 4) + (i % 3 == 2 ? 2 : 0));
        }

        return sum % 10 == Value(document[^1]);
    }

    /// <summary>Value of a digit or letter: 0 to 9, A is 10, in any case.</summary>
    public static int Value(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
