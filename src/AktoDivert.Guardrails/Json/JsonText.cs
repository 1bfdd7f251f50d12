using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace AktoDivert.Guardrails.Json;

/// <summary>
/// The text of a JSON string (RFC 8259 section 7) from its raw bytes, and back from characters to bytes. Takes any bytes: what is no escape
/// stands for itself, what is no UTF-8 becomes U+FFFD.
/// </summary>
internal static class JsonText
{
    /// <summary>Undoes the escapes.</summary>
    public static string Decode(ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(raw);
        }

        var rented = ArrayPool<char>.Shared.Rent(raw.Length);
        var text = rented.AsSpan(0, Decode(raw, rented)).ToString();
        ArrayPool<char>.Shared.Return(rented);
        return text;
    }

    /// <summary>Undoes the escapes.</summary>
    /// <param name="raw">The bytes.</param>
    /// <param name="text">Receives the text; has room for as many characters as there are bytes.</param>
    /// <returns>The text's length.</returns>
    public static int Decode(ReadOnlySpan<byte> raw, Span<char> text)
    {
        Span<char> pair = stackalloc char[2];
        var length = 0;
        for (var at = 0; at < raw.Length;)
        {
            var plain = raw[at..].IndexOf((byte)'\\');
            if (plain != 0)
            {
                plain = plain < 0 ? raw.Length - at : plain;
                length += Encoding.UTF8.GetChars(raw.Slice(at, plain), text[length..]);
                at += plain;
                continue;
            }

            var unit = Unit(raw, at, pair, out var used);
            unit.CopyTo(text[length..]);
            length += unit.Length;
            at += used;
        }

        return length;
    }

    /// <summary>Byte range that holds characters <paramref name="start"/> to <paramref name="end"/> (UTF-16) of the decoded text.</summary>
    public static (int Start, int End) RawRange(ReadOnlySpan<byte> raw, int start, int end)
    {
        Span<char> pair = stackalloc char[2];
        int at = 0, chars = 0, from = raw.Length, to = raw.Length;
        while (at < raw.Length)
        {
            var count = Unit(raw, at, pair, out var used).Length;
            if (from == raw.Length && chars + count > start)
            {
                from = at;
            }

            if (chars >= end)
            {
                to = at;
                break;
            }

            chars += count;
            at += used;
        }

        return (Math.Min(from, to), to);
    }

    private static ReadOnlySpan<char> Unit(ReadOnlySpan<byte> raw, int at, Span<char> pair, out int used)
    {
        if (raw[at] != (byte)'\\')
        {
            Rune.DecodeFromUtf8(raw[at..], out var rune, out used);
            return pair[..rune.EncodeToUtf16(pair)];
        }

        used = Math.Min(2, raw.Length - at);
        if (used < 2)
        {
            pair[0] = '\\';
            return pair[..1];
        }

        if (raw[at + 1] == (byte)'u' && raw.Length - at >= 6 && Hex(raw.Slice(at + 2, 4)) is >= 0 and var code)
        {
            used = 6;
            pair[0] = (char)code;
            return pair[..1];
        }

        pair[0] = raw[at + 1] switch
        {
            (byte)'n' => '\n',
            (byte)'t' => '\t',
            (byte)'r' => '\r',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            < 0x80 and var c => (char)c,
            _ => '\uFFFD',
        };
        return pair[..1];
    }

    private static int Hex(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out int value, out var used, 'x') && used == digits.Length ? value : -1;
}
