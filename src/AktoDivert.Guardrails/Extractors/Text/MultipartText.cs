using System.Text;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Extractors.Text;

/// <summary>The texts of <c>multipart/form-data</c> (RFC 7578): parts with a file name are attachments.</summary>
internal static class MultipartText
{
    private const int MaximumHeaders = 8 * 1024;

    /// <summary>Adds each part that is text.</summary>
    public static void Read(ReadOnlyMemory<byte> body, string contentType, AiCall call)
    {
        var boundary = Parameter(contentType, "boundary");
        if (boundary.Length is 0 or > 200)
        {
            PlainText.Add(body, 0, body.Length, "body", TextKind.Other, call);
            return;
        }

        var delimiter = Encoding.Latin1.GetBytes("--" + boundary);
        var bytes = body.Span;
        var at = bytes.IndexOf(delimiter);
        while (at >= 0 && call.Request.Count < AiCall.MaximumParts)
        {
            at += delimiter.Length;
            var next = bytes[at..].IndexOf(delimiter);
            var end = next < 0 ? bytes.Length : at + next;
            Part(body, at, end, call);
            at = next < 0 ? -1 : end;
        }
    }

    private static void Part(ReadOnlyMemory<byte> body, int start, int end, AiCall call)
    {
        var part = body.Span[start..end];
        var split = part[..Math.Min(part.Length, MaximumHeaders)].IndexOf("\r\n\r\n"u8);
        if (split < 0)
        {
            return;
        }

        var fields = Encoding.UTF8.GetString(part[..split]);
        var file = Parameter(fields, "filename");
        var content = start + split + 4;
        if (file.Length > 0)
        {
            var type = fields.IndexOf("content-type:", StringComparison.OrdinalIgnoreCase);
            call.AddAttachment(file, type < 0 ? null : fields[(type + 13)..].Split('\r', ';')[0].Trim(), Math.Max(0, end - content - 2));
        }

        PlainText.Add(
            body, content, Math.Max(0, end - content - 2), $"part {Parameter(fields, "name")}", file.Length > 0 ? TextKind.Attachment : TextKind.Other, call);
    }

    private static string Parameter(string text, string name)
    {
        var at = text.IndexOf(name + "=", StringComparison.OrdinalIgnoreCase);
        if (at < 0 || (at > 0 && char.IsLetterOrDigit(text[at - 1])))
        {
            return "";
        }

        var value = text[(at + name.Length + 1)..];
        if (value.StartsWith('"'))
        {
            var close = value.IndexOf('"', 1);
            return close < 0 ? value[1..] : value[1..close];
        }

        var stop = value.AsSpan().IndexOfAny("; \r\n\t");
        return stop < 0 ? value : value[..stop];
    }
}
