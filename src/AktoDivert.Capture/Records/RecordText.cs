using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Text.Unicode;
using AktoDivert.Core.Content;

namespace AktoDivert.Capture.Records;

/// <summary>
/// Appends what a record consists of, in UTF-8. Of a JSON string's content only that is escaped which RFC 8259 section 7 demands: quotes,
/// backslashes and control characters.
/// </summary>
internal static class RecordText
{
    // One byte becomes six at worst; a chunk keeps what is reserved for that small.
    private const int Chunk = 4096;
    private const int Widest = 6;
    private const int WidestCharacter = 3;

    // With an IPv6 scope id.
    private const int LongestAddress = 65;

    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (byte)c), (byte)'"', (byte)'\\']);

    private static readonly SearchValues<char> SpecialCharacters = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c), '"', '\\']);

    /// <summary>Appends text.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="utf8">Valid UTF-8.</param>
    public static void AppendEscaped(this ByteBuffer output, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Chunk)
        {
            // The buffer grows once.
            output.GetSpan(utf8.Length);
        }

        while (!utf8.IsEmpty)
        {
            var part = utf8[..Math.Min(utf8.Length, Chunk)];
            if (part.ContainsAny(Special))
            {
                output.Advance(Escape(part, output.GetSpan((part.Length * Widest) + Vector128<byte>.Count)));
            }
            else
            {
                output.Append(part);
            }

            utf8 = utf8[part.Length..];
        }
    }

    /// <summary>Appends text; half a surrogate pair becomes U+FFFD.</summary>
    public static void AppendEscaped(this ByteBuffer output, ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny(SpecialCharacters))
        {
            Utf8.FromUtf16(text, output.GetSpan(text.Length * WidestCharacter), out _, out var length);
            output.Advance(length);
            return;
        }

        Span<byte> utf8 = stackalloc byte[384];
        while (!text.IsEmpty)
        {
            Utf8.FromUtf16(text, utf8, out var read, out var written);
            output.AppendEscaped(utf8[..written]);
            text = text[read..];
        }
    }

    /// <summary>Appends text that stands within a string of a JSON text which itself is a string's content.</summary>
    public static void AppendEscapedTwice(this ByteBuffer output, ReadOnlySpan<byte> utf8)
    {
        if (!utf8.ContainsAny(Special))
        {
            output.Append(utf8);
            return;
        }

        using var once = new ByteBuffer(int.MaxValue);
        once.AppendEscaped(utf8);
        output.AppendEscaped(once.Span);
    }

    /// <summary>Appends a whole number.</summary>
    public static void AppendNumber(this ByteBuffer output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written);
        output.Advance(written);
    }

    /// <summary>Appends a whole number.</summary>
    public static void AppendNumber(this ByteBuffer output, ulong number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written);
        output.Advance(written);
    }

    /// <summary>Appends an IP address.</summary>
    public static void AppendAddress(this ByteBuffer output, IPAddress address)
    {
        address.TryFormat(output.GetSpan(LongestAddress), out var written);
        output.Advance(written);
    }

    /// <summary>Appends <c>address:port</c>, an IPv6 address in brackets.</summary>
    public static void AppendEndPoint(this ByteBuffer output, IPEndPoint endPoint)
    {
        var isV6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        output.Append(isV6 ? "["u8 : ""u8);
        output.AppendAddress(endPoint.Address);
        output.Append(isV6 ? "]:"u8 : ":"u8);
        output.AppendNumber(endPoint.Port);
    }

    /// <summary>Appends a number that is counted in tenths, hundredths and so on, without needless zeros.</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="units">How many, more than <see cref="long.MinValue"/>.</param>
    /// <param name="decimals">Decimals that the unit stands for, 0 to 4.</param>
    public static void AppendDecimal(this ByteBuffer output, long units, int decimals)
    {
        ReadOnlySpan<long> scales = [1, 10, 100, 1_000, 10_000];
        if (units < 0)
        {
            output.Append("-"u8);
        }

        var (whole, part) = Math.DivRem(Math.Abs(units), scales[decimals]);
        output.AppendNumber(whole);
        if (part == 0)
        {
            return;
        }

        for (; part % 10 == 0; part /= 10)
        {
            decimals--;
        }

        output.Append("."u8);
        Utf8Formatter.TryFormat(part, output.GetSpan(20), out var written, new StandardFormat('D', (byte)decimals));
        output.Advance(written);
    }

    private static int Escape(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var rest = source;
        var room = target;
        while (rest.Length >= Vector128<byte>.Count)
        {
            var next = Vector128.Create(rest);
            next.CopyTo(room);
            var special = (Vector128.Equals(Vector128.Min(next, Vector128.Create((byte)0x1f)), next)
                | Vector128.Equals(next, Vector128.Create((byte)'"'))
                | Vector128.Equals(next, Vector128.Create((byte)'\\'))).ExtractMostSignificantBits();
            if (special == 0)
            {
                rest = rest[Vector128<byte>.Count..];
                room = room[Vector128<byte>.Count..];
                continue;
            }

            var clean = BitOperations.TrailingZeroCount(special);
            room = room[clean..];
            room = room[EscapeOne(rest[clean], room)..];
            rest = rest[(clean + 1)..];
        }

        // Most texts are shorter than a vector, and clean.
        var written = target.Length - room.Length;
        if (!rest.ContainsAny(Special))
        {
            rest.CopyTo(room);
            return written + rest.Length;
        }

        foreach (var value in rest)
        {
            written += EscapeOne(value, target[written..]);
        }

        return written;
    }

    private static int EscapeOne(byte value, Span<byte> target)
    {
        var letter = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            _ => (byte)0,
        };
        if (letter != 0)
        {
            target[1] = letter;
            target[0] = (byte)'\\';
            return 2;
        }

        if (value >= 0x20)
        {
            target[0] = value;
            return 1;
        }

        "\\u00"u8.CopyTo(target);
        Utf8Formatter.TryFormat(value, target[4..], out _, new StandardFormat('X', 2));
        return Widest;
    }
}
