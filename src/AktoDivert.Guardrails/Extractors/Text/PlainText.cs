using System.Text;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Extractors.Text;

/// <summary>Bytes that are text as a whole.</summary>
internal static class PlainText
{
    /// <summary>Adds a range if it is text: no zero byte and hardly anything that is not UTF-8 in its beginning.</summary>
    public static void Add(ReadOnlyMemory<byte> body, int start, int length, string where, TextKind kind, AiCall call)
    {
        var range = body.Span.Slice(start, length);
        if (!range.IsEmpty && IsText(range[..Math.Min(range.Length, 4096)]))
        {
            call.Request.Add(new TextPart(body, start, length, TextCoding.Plain, where) { Kind = kind });
        }
    }

    /// <summary>Whether bytes read as text.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes)
    {
        var (wrong, at) = (0, 0);
        while (at < bytes.Length)
        {
            var status = Rune.DecodeFromUtf8(bytes[at..], out var rune, out var used);
            at += used;
            if (rune.Value == 0)
            {
                return false;
            }

            if (status == System.Buffers.OperationStatus.InvalidData || (rune.Value < 32 && rune.Value is not ('\n' or '\r' or '\t')))
            {
                wrong++;
            }
        }

        return wrong * 20 <= bytes.Length;
    }
}
