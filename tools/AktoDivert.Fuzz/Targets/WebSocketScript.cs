using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Writes WebSocket handshakes, frames and deflated payloads.</summary>
internal static class WebSocketScript
{
    public const string Request = "GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    public static string Response(string extensions = "") =>
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + (extensions.Length == 0 ? "" : $"Sec-WebSocket-Extensions: {extensions}\r\n") + "\r\n";

    public static byte[] Frame(int first, ReadOnlySpan<byte> payload, bool masked)
    {
        var mask = masked ? 0x80 : 0;
        var frame = new List<byte> { (byte)first };
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
        switch (payload.Length)
        {
            case < 126:
                frame.Add((byte)(mask | payload.Length));
                break;
            case < 65536:
                frame.AddRange([(byte)(mask | 126), .. length[6..]]);
                break;
            default:
                frame.AddRange([(byte)(mask | 127), .. length]);
                break;
        }

        byte[] key = [0x12, 0x34, 0x56, 0x78];
        if (masked)
        {
            frame.AddRange(key);
        }

        for (var i = 0; i < payload.Length; i++)
        {
            frame.Add(masked ? (byte)(payload[i] ^ key[i & 3]) : payload[i]);
        }

        return [.. frame];
    }

    public static byte[] Text(string text, bool masked) => Frame(0x81, Encoding.UTF8.GetBytes(text), masked);

    /// <summary>Messages deflated with one window, each as its frame's payload (RFC 7692 section 7.2.1; an empty one is one zero byte, 7.2.3.6).</summary>
    public static byte[][] Deflate(params string[] messages)
    {
        using var target = new MemoryStream();
        using var deflate = new DeflateStream(target, CompressionLevel.Optimal);
        var payloads = new List<byte[]>();
        foreach (var message in messages)
        {
            target.SetLength(0);
            deflate.Write(Encoding.UTF8.GetBytes(message));
            deflate.Flush();
            payloads.Add(message.Length == 0 ? [0] : target.ToArray()[..^4]);
        }

        return [.. payloads];
    }
}
