using System.Text;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Redaction;

/// <summary>Text from the bytes of a body, and from places in it back to the bytes.</summary>
internal static class CodedText
{
    /// <summary>The text.</summary>
    public static string Decode(ReadOnlySpan<byte> raw, TextCoding coding) => coding switch
    {
        TextCoding.Json => JsonText.Decode(raw),
        TextCoding.Form => Encoding.UTF8.GetString(FormBytes(raw)),
        _ => Encoding.UTF8.GetString(raw),
    };

    /// <summary>The text, without a string.</summary>
    /// <param name="raw">The bytes.</param>
    /// <param name="coding">How they are written.</param>
    /// <param name="text">Receives it; has room for as many characters as there are bytes.</param>
    /// <returns>The text's length.</returns>
    public static int Decode(ReadOnlySpan<byte> raw, TextCoding coding, Span<char> text) => coding switch
    {
        TextCoding.Json => JsonText.Decode(raw, text),
        TextCoding.Form => Encoding.UTF8.GetChars(FormBytes(raw), text),
        _ => Encoding.UTF8.GetChars(raw, text),
    };

    /// <summary>Byte range that holds the characters (UTF-16) from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static (int Start, int End) RawRange(ReadOnlySpan<byte> raw, TextCoding coding, int start, int end) => coding switch
    {
        TextCoding.Json => JsonText.RawRange(raw, start, end),
        TextCoding.Form => FormRange(raw, start, end),
        _ => PlainRange(raw, start, end),
    };

    private static (int Start, int End) PlainRange(ReadOnlySpan<byte> raw, int start, int end)
    {
        int at = 0, chars = 0, from = raw.Length, to = raw.Length;
        while (at < raw.Length)
        {
            Rune.DecodeFromUtf8(raw[at..], out var rune, out var used);
            if (from == raw.Length && chars + rune.Utf16SequenceLength > start)
            {
                from = at;
            }

            if (chars >= end)
            {
                to = at;
                break;
            }

            chars += rune.Utf16SequenceLength;
            at += used;
        }

        return (Math.Min(from, to), to);
    }

    // Through the decoded bytes, each of which knows where it stood.
    private static (int Start, int End) FormRange(ReadOnlySpan<byte> raw, int start, int end)
    {
        var (from, to) = PlainRange(FormBytes(raw), start, end);
        int at = 0, index = 0, rawFrom = raw.Length;
        while (at < raw.Length)
        {
            if (index == from)
            {
                rawFrom = at;
            }

            if (index == to)
            {
                return (Math.Min(rawFrom, at), at);
            }

            at += IsEscape(raw, at) ? 3 : 1;
            index++;
        }

        return (Math.Min(rawFrom, raw.Length), raw.Length);
    }

    private static byte[] FormBytes(ReadOnlySpan<byte> raw)
    {
        var bytes = new byte[raw.Length];
        var length = 0;
        for (var at = 0; at < raw.Length;)
        {
            if (IsEscape(raw, at))
            {
                bytes[length++] = Convert.FromHexString(Encoding.ASCII.GetString(raw.Slice(at + 1, 2)))[0];
                at += 3;
                continue;
            }

            bytes[length++] = raw[at] == (byte)'+' ? (byte)' ' : raw[at];
            at++;
        }

        return bytes[..length];
    }

    private static bool IsEscape(ReadOnlySpan<byte> raw, int at) =>
        raw[at] == (byte)'%' && at + 2 < raw.Length && char.IsAsciiHexDigit((char)raw[at + 1]) && char.IsAsciiHexDigit((char)raw[at + 2]);
}
