using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AktoDivert.Console.SignIn;

/// <summary>
/// Time-based one-time passwords (RFC 6238) as authenticator apps make them: HMAC-SHA-1, six digits, 30 seconds. Identity's own check is
/// bound to its stores and the system's clock, and forgets which code it took.
/// </summary>
internal static class Totp
{
    /// <summary>Bytes of a seed: as long as the hash (RFC 4226 section 4, R6).</summary>
    public const int SeedLength = 20;

    private const int StepSeconds = 30;
    private const int Tolerated = 1;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The time step that a code belongs to; null when it is wrong, or not newer than <paramref name="lastStep"/>.</summary>
    public static long? Check(ReadOnlySpan<byte> seed, string code, DateTimeOffset now, long lastStep)
    {
        var digits = Encoding.ASCII.GetBytes(code.Replace(" ", "", StringComparison.Ordinal));
        var step = now.ToUnixTimeSeconds() / StepSeconds;
        long? found = null;
        for (var candidate = step - Tolerated; candidate <= step + Tolerated; candidate++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(seed, candidate)), digits) && candidate > lastStep)
            {
                found = candidate;
            }
        }

        return found;
    }

    /// <summary>The code of a time step.</summary>
    public static string Code(ReadOnlySpan<byte> seed, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238 and every authenticator app use SHA-1; within HMAC it is not broken.
        HMACSHA1.HashData(seed, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>A seed as people type it (RFC 4648 section 6); its length must be a multiple of five.</summary>
    public static string Text(ReadOnlySpan<byte> seed)
    {
        var text = new StringBuilder();
        for (var (i, bits, held) = (0, 0, 0); i < seed.Length; i++)
        {
            (bits, held) = (((bits << 8) | seed[i]) & 0xfff, held + 8);
            while (held >= 5)
            {
                held -= 5;
                text.Append(Base32[(bits >> held) & 31]);
            }
        }

        return text.ToString();
    }
}
