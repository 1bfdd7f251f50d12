using System.Text;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Extractors.Text;

/// <summary>
/// The readable strings of a protobuf message without its schema (protobuf.dev/programming-guides/encoding): length-delimited fields that are
/// UTF-8 are texts, others may be messages. Takes any bytes, in time linear in their number and the nesting it follows.
/// </summary>
internal static class ProtobufText
{
    private const int MaximumDepth = 32;
    private const int ShortestText = 4;

    /// <summary>Adds each text. They cannot be masked: whether a field is text is a guess.</summary>
    public static void Read(ReadOnlyMemory<byte> body, AiCall call) => Message(body, 0, body.Length, 0, "", call);

    private static bool Message(ReadOnlyMemory<byte> body, int start, int end, int depth, string path, AiCall call)
    {
        var bytes = body.Span;
        var at = start;
        while (at < end && call.Request.Count < AiCall.MaximumParts)
        {
            if (!Varint(bytes, ref at, end, out var key))
            {
                return false;
            }

            var field = key >> 3;
            switch (key & 7)
            {
                case 0 when Varint(bytes, ref at, end, out _):
                    break;
                case 1 when end - at >= 8:
                    at += 8;
                    break;
                case 5 when end - at >= 4:
                    at += 4;
                    break;
                case 2 when Varint(bytes, ref at, end, out var length) && length <= (ulong)(end - at):
                    Field(body, at, (int)length, depth, $"{path}.{field}", call);
                    at += (int)length;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static void Field(ReadOnlyMemory<byte> body, int start, int length, int depth, string path, AiCall call)
    {
        if (length < ShortestText)
        {
            return;
        }

        var bytes = body.Span.Slice(start, length);
        if (IsReadable(bytes))
        {
            call.Request.Add(new TextPart(body, start, length, TextCoding.Plain, "field " + path[1..]) { Kind = TextKind.User, CanRedact = false });
            return;
        }

        var before = call.Request.Count;
        if (depth < MaximumDepth && !Message(body, start, start + length, depth + 1, path, call))
        {
            // No message after all: what was taken from it was chance, so its bytes are taken as they are if they read at all.
            call.Request.RemoveRange(before, call.Request.Count - before);
            PlainText.Add(body, start, length, "field " + path[1..], TextKind.Other, call);
        }
    }

    private static bool IsReadable(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) != System.Buffers.OperationStatus.Done
                || (rune.Value < 32 && rune.Value is not ('\n' or '\r' or '\t')) || rune.Value is 0x7f)
            {
                return false;
            }

            bytes = bytes[used..];
        }

        return true;
    }

    private static bool Varint(ReadOnlySpan<byte> bytes, ref int at, int end, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && at < end; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
