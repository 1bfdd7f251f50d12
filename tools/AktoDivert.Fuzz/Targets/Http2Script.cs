using System.Buffers.Binary;
using System.Text;
using AktoDivert.Proxy.Relay.Http2;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Writes HTTP/2 frames, with literal header fields that enter the dynamic table.</summary>
internal sealed class Http2Script
{
    public const byte EndStream = 1;
    public const byte Ack = 1;
    public const byte EndHeaders = 4;
    public const byte Padded = 8;
    public const byte Priority = 0x20;

    private readonly List<byte> _bytes = [];

    public static Http2Script Client() => new Http2Script().Raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8).Frame(Http2FrameType.Settings, 0, 0, []);

    public static Http2Script Server() => new Http2Script().Frame(Http2FrameType.Settings, 0, 0, []);

    public Http2Script Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public Http2Script Frame(Http2FrameType type, int flags, int stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        return Raw(header).Raw(payload);
    }

    public Http2Script Headers(int stream, bool end, params string[] fields) =>
        Frame(Http2FrameType.Headers, EndHeaders | (end ? EndStream : 0), stream, Block(fields));

    public Http2Script Data(int stream, bool end, ReadOnlySpan<byte> content) =>
        Frame(Http2FrameType.Data, end ? EndStream : 0, stream, content);

    public Http2Script Data(int stream, bool end, string content) => Data(stream, end, Encoding.Latin1.GetBytes(content));

    public Http2Script Settings(params (ushort Id, uint Value)[] settings)
    {
        var payload = new byte[6 * settings.Length];
        for (var i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(6 * i), settings[i].Id);
            BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan((6 * i) + 2), settings[i].Value);
        }

        return Frame(Http2FrameType.Settings, 0, 0, payload);
    }

    public byte[] ToArray() => [.. _bytes];

    /// <summary>Fields given as <c>name=value</c> (the first <c>=</c> behind the first character counts), literal with incremental indexing.</summary>
    public static byte[] Block(params string[] fields)
    {
        var block = new List<byte>();
        foreach (var field in fields)
        {
            var at = field.IndexOf('=', StringComparison.Ordinal);
            block.Add(0x40);
            AddString(block, field[..at]);
            AddString(block, field[(at + 1)..]);
        }

        return [.. block];
    }

    private static void AddString(List<byte> block, string text)
    {
        var rest = text.Length - 127;
        block.Add((byte)Math.Min(text.Length, 127));
        while (rest >= 128)
        {
            block.Add((byte)(0x80 | (rest & 0x7f)));
            rest >>= 7;
        }

        if (text.Length >= 127)
        {
            block.Add((byte)rest);
        }

        block.AddRange(Encoding.Latin1.GetBytes(text));
    }
}
