using System.Buffers;
using System.Globalization;
using System.Text;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>Heads that the gate writes: those of the peer with framing fields changed, everything else as it came; and its own answers.</summary>
internal static class Http1Head
{
    /// <summary>
    /// Copies a head without the fields that <paramref name="drop"/> names, and adds a line before its end. Line ends stay as they are.
    /// </summary>
    /// <param name="head">Start line, fields and the empty line; empty lines may precede.</param>
    /// <param name="drop">Whether a field is left out, by its name as sent.</param>
    /// <param name="added">A whole field line without line end; empty for none.</param>
    public static byte[] Edit(ReadOnlySpan<byte> head, Func<ReadOnlySpan<byte>, bool> drop, string added)
    {
        var target = new ArrayBufferWriter<byte>(head.Length + 64);
        var dropping = false;
        var started = false;
        while (!head.IsEmpty)
        {
            var end = head.IndexOf((byte)'\n') + 1;
            var line = end == 0 ? head : head[..end];
            head = head[line.Length..];
            if (line.TrimEnd("\r\n"u8).IsEmpty)
            {
                if (started && added.Length > 0)
                {
                    target.Write(Encoding.ASCII.GetBytes(added));
                    target.Write("\r\n"u8);
                }

                target.Write(line);
                continue;
            }

            // A folded line goes where its field goes.
            var folded = line[0] is (byte)' ' or (byte)'\t';
            dropping = folded ? dropping : started && IsDropped(line, drop);
            started = true;
            if (!dropping)
            {
                target.Write(line);
            }
        }

        return target.WrittenSpan.ToArray();
    }

    /// <summary>An answer of our own, which ends the connection.</summary>
    public static byte[] Answer(BlockAnswer answer, bool isHead)
    {
        var target = new ArrayBufferWriter<byte>(512);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} {Reason(answer.Status)}\r\n");
        foreach (var (name, value) in answer.Headers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        // A client that did not keep an Upgrade must be told what 426 wants (RFC 9110 section 15.5.22).
        text.Append(answer.Status == 426 ? "connection: close, upgrade\r\n" : "connection: close\r\n");
        text.Append(CultureInfo.InvariantCulture, $"content-length: {answer.Body.Length}\r\n\r\n");
        target.Write(Encoding.UTF8.GetBytes(text.ToString()));
        if (!isHead)
        {
            target.Write(answer.Body.Span);
        }

        return target.WrittenSpan.ToArray();
    }

    private static bool IsDropped(ReadOnlySpan<byte> line, Func<ReadOnlySpan<byte>, bool> drop)
    {
        var colon = line.IndexOf((byte)':');
        return colon > 0 && drop(line[..colon]);
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        451 => "Unavailable For Legal Reasons",
        503 => "Service Unavailable",
        _ => "Blocked",
    };
}
