using System.Text;
using System.Text.Unicode;

namespace AktoDivert.Capture.Decode;

/// <summary>Tells text from binary, and brings text to UTF-8.</summary>
internal static class BodyText
{
    /// <summary>
    /// The body in UTF-8, or null when it is binary because it is not valid in its charset. A last character that a cut split is left out.
    /// </summary>
    public static ReadOnlyMemory<byte>? ToUtf8(ReadOnlyMemory<byte> body, BodyCharset charset)
    {
        switch (charset)
        {
            case BodyCharset.Latin1 when !Utf8.IsValid(body.Span):
                return Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(body.Span));
            case BodyCharset.Utf16LittleEndian:
                return Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(body.Span));
            case BodyCharset.Utf16BigEndian:
                return Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(body.Span));
            default:
                var whole = WithoutSplitCharacter(body);
                whole = whole.Span.StartsWith(Encoding.UTF8.Preamble) ? whole[Encoding.UTF8.Preamble.Length..] : whole;

                // Without the cast, null would become an empty memory, by way of an empty array.
                return Utf8.IsValid(whole.Span) ? whole : (ReadOnlyMemory<byte>?)null;
        }
    }

    /// <summary>A string of UTF-8 that may be invalid; what is invalid becomes U+FFFD.</summary>
    public static string Lossy(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static ReadOnlyMemory<byte> WithoutSplitCharacter(ReadOnlyMemory<byte> body)
    {
        var span = body.Span;
        for (var back = 1; back <= Math.Min(3, span.Length); back++)
        {
            var b = span[^back];
            if ((b & 0xc0) == 0x80)
            {
                continue;
            }

            var length = b switch { >= 0xf0 => 4, >= 0xe0 => 3, >= 0xc0 => 2, _ => 1 };
            return length > back ? body[..^back] : body;
        }

        return body;
    }
}
