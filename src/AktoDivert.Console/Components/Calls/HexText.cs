using System.Globalization;
using System.Text;

namespace AktoDivert.Console.Components.Calls;

/// <summary>Bytes as hexadecimal digits and characters, sixteen a line.</summary>
internal static class HexText
{
    private const int PerLine = 16;

    /// <summary>The first <paramref name="limit"/> bytes of the text's UTF-8.</summary>
    public static string Of(string text, int limit)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Length > limit ? text[..limit] : text).AsSpan();
        bytes = bytes[..Math.Min(bytes.Length, limit)];
        var lines = new StringBuilder();
        for (var at = 0; at < bytes.Length; at += PerLine)
        {
            var line = bytes.Slice(at, Math.Min(PerLine, bytes.Length - at));
            lines.Append(CultureInfo.InvariantCulture, $"{at:x8}  ");
            foreach (var b in line)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{b:x2} ");
            }

            lines.Append(' ', (3 * (PerLine - line.Length)) + 1);
            foreach (var b in line)
            {
                lines.Append(b is >= 0x20 and < 0x7f ? (char)b : '.');
            }

            lines.Append('\n');
        }

        return lines.ToString();
    }
}
