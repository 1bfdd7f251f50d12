using System.Buffers;
using System.Security.Cryptography;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Addresses of cryptocurrencies: Base58Check, Bech32 (BIP 173, BIP 350) and Ethereum's (EIP-55), by their checksums.</summary>
internal static class CryptoAddress
{
    /// <summary>Name of the entity.</summary>
    public const string Entity = "crypto";

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Fewest characters.</summary>
    public const int Shortest = 26;

    private const int Longest = 90;
    private const string Base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const string Bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    /// <summary>Whether the word is an address: its length and score, or 0.</summary>
    public static (int Length, double Score) Find(ReadOnlySpan<char> text, int start, int end)
    {
        var word = text[start..end];
        if (word.Length is < Shortest or > Longest || (start > 0 && text[start - 1] == '_') || (end < text.Length && text[end] == '_'))
        {
            return default;
        }

        if (word.StartsWith("bc1", StringComparison.OrdinalIgnoreCase) || word.StartsWith("tb1", StringComparison.OrdinalIgnoreCase) || word.StartsWith("ltc1", StringComparison.OrdinalIgnoreCase))
        {
            return IsBech32(word) ? (word.Length, 0.95) : default;
        }

        if (word.Length == 42 && word.StartsWith("0x") && !word[2..].ContainsAnyExcept(Hex))
        {
            return IsMixedCase(word[2..]) ? (IsChecksummed(word[2..]) ? (word.Length, 0.95) : default) : (word.Length, 0.5);
        }

        // Bitcoin 1 and 3, Litecoin L and M, Dogecoin D, Tron T.
        return word.Length <= 35 && word[0] is '1' or '3' or 'L' or 'M' or 'D' or 'T' && IsBase58Check(word) ? (word.Length, 0.95) : default;
    }

    private static bool IsMixedCase(ReadOnlySpan<char> word) => word.ContainsAnyInRange('a', 'f') && word.ContainsAnyInRange('A', 'F');

    // EIP-55: a letter is upper case where the Keccak-256 of the lower case address has a digit of 8 or more.
    private static bool IsChecksummed(ReadOnlySpan<char> digits)
    {
        Span<byte> lower = stackalloc byte[40];
        for (var i = 0; i < digits.Length; i++)
        {
            lower[i] = (byte)char.ToLowerInvariant(digits[i]);
        }

        Span<byte> hash = stackalloc byte[Keccak256.Length];
        Keccak256.Hash(lower, hash);
        for (var i = 0; i < digits.Length; i++)
        {
            var high = ((i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2]) & 8) != 0;
            if (char.IsAsciiLetter(digits[i]) && char.IsAsciiLetterUpper(digits[i]) != high)
            {
                return false;
            }
        }

        return true;
    }

    // A version byte, 20 bytes, and the first four bytes of the double SHA-256 of both.
    private static bool IsBase58Check(ReadOnlySpan<char> word)
    {
        Span<byte> bytes = stackalloc byte[25];
        bytes.Clear();
        foreach (var c in word)
        {
            var carry = Base58.IndexOf(c, StringComparison.Ordinal);
            if (carry < 0)
            {
                return false;
            }

            for (var i = bytes.Length - 1; i >= 0; i--)
            {
                carry += bytes[i] * 58;
                bytes[i] = (byte)carry;
                carry >>= 8;
            }

            if (carry > 0)
            {
                return false;
            }
        }

        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes[..21], hash);
        SHA256.HashData(hash, hash);
        return hash[..4].SequenceEqual(bytes[21..]);
    }

    private static bool IsBech32(ReadOnlySpan<char> word)
    {
        var split = word.LastIndexOf('1');
        if (split < 1 || word.Length - split < 7 || (word.ContainsAnyInRange('a', 'z') && word.ContainsAnyInRange('A', 'Z')))
        {
            return false;
        }

        var sum = 1u;
        for (var i = 0; i < split; i++)
        {
            sum = Polymod(sum, (uint)(word[i] | 0x20) >> 5);
        }

        sum = Polymod(sum, 0);
        for (var i = 0; i < split; i++)
        {
            sum = Polymod(sum, (uint)(word[i] | 0x20) & 31);
        }

        foreach (var c in word[(split + 1)..])
        {
            var value = Bech32.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            sum = Polymod(sum, (uint)value);
        }

        return sum is 1 or 0x2bc830a3;
    }

    private static uint Polymod(uint sum, uint value)
    {
        var top = sum >> 25;
        sum = ((sum & 0x1ffffff) << 5) ^ value;
        sum ^= (top & 1) != 0 ? 0x3b6a57b2u : 0;
        sum ^= (top & 2) != 0 ? 0x26508e6du : 0;
        sum ^= (top & 4) != 0 ? 0x1ea119fau : 0;
        sum ^= (top & 8) != 0 ? 0x3d4233ddu : 0;
        return sum ^ ((top & 16) != 0 ? 0x2a1462b3u : 0);
    }
}
