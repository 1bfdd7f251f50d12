namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>Checks that tokens carry within themselves.</summary>
internal static class TokenChecksum
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int Digits = 6;

    /// <summary>
    /// GitHub and npm: the last six characters are the CRC-32 (ISO 3309) of the characters between the prefix and them, in base 62
    /// ("Behind GitHub's new authentication token formats", 2021).
    /// </summary>
    public static bool IsBase62Crc32(ReadOnlySpan<char> token)
    {
        var body = token[(token.IndexOf('_') + 1)..];
        if (body.Length <= Digits)
        {
            return false;
        }

        var crc = Crc32(body[..^Digits]);
        for (var i = 1; i <= Digits; i++)
        {
            if (body[^i] != Base62[(int)(crc % 62)])
            {
                return false;
            }

            crc /= 62;
        }

        return true;
    }

    private static uint Crc32(ReadOnlySpan<char> ascii)
    {
        var crc = uint.MaxValue;
        foreach (var c in ascii)
        {
            crc ^= (byte)c;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
