using System.Text;

namespace AktoDivert.Capture.Cut;

/// <summary>Makes a text fit a limit: its beginning and its end stay, since a prompt's instruction stands at either.</summary>
internal static class TextCutter
{
    private const int MarkLength = 32;

    /// <summary>The text itself when its UTF-8 fits, else a shorter one with <c>...[cut N bytes]...</c> inside.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="limit">Most bytes of the result in UTF-8; below the mark's own length the mark alone remains.</param>
    public static string Cut(string text, int limit)
    {
        if (text.Length <= limit / 3 || Encoding.UTF8.GetByteCount(text) <= limit)
        {
            return text;
        }

        var keep = Math.Max(0, limit - MarkLength);
        var head = Prefix(text, keep * 3 / 4);
        var tail = Suffix(text.AsSpan(head), keep / 4);
        var cut = text.AsSpan(head, text.Length - head - tail);
        return $"{text.AsSpan(0, head)}...[cut {Encoding.UTF8.GetByteCount(cut)} bytes]...{text.AsSpan(text.Length - tail)}";
    }

    private static int Prefix(ReadOnlySpan<char> text, int bytes)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return length;
    }

    private static int Suffix(ReadOnlySpan<char> text, int bytes)
    {
        var length = 0;
        while (length < text.Length)
        {
            Rune.DecodeLastFromUtf16(text[..^length], out var rune, out var consumed);
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0)
            {
                break;
            }

            length += consumed;
        }

        return length;
    }
}
