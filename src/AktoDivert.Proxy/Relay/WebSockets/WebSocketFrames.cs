using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>Frames of our own (RFC 6455 section 5.2).</summary>
internal static class WebSocketFrames
{
    /// <summary>A text message to the app.</summary>
    public static ReadOnlyMemory<byte> Text(ReadOnlySpan<byte> text) => Frame(WebSocketFrameHeader.Text, text, masked: false);

    /// <summary>A Close frame.</summary>
    public static ReadOnlyMemory<byte> Close(int code, string reason, bool masked)
    {
        var payload = new ArrayBufferWriter<byte>();
        BinaryPrimitives.WriteUInt16BigEndian(payload.GetSpan(2), (ushort)code);
        payload.Advance(2);
        var text = Encoding.UTF8.GetBytes(reason);
        payload.Write(text.AsSpan(0, Math.Min(text.Length, 123)));
        return Frame(WebSocketFrameHeader.Close, payload.WrittenSpan, masked);
    }

    /// <summary>One final, uncompressed frame. Only a client masks, with a key nobody can foresee (section 5.3).</summary>
    public static ReadOnlyMemory<byte> Frame(int opcode, ReadOnlySpan<byte> payload, bool masked)
    {
        var frame = new ArrayBufferWriter<byte>(payload.Length + 14);
        var mask = masked ? (byte)0x80 : (byte)0;
        var header = frame.GetSpan(14);
        header[0] = (byte)(0x80 | opcode);
        var used = 2;
        if (payload.Length < 126)
        {
            header[1] = (byte)(mask | payload.Length);
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            header[1] = (byte)(mask | 126);
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payload.Length);
            used = 4;
        }
        else
        {
            header[1] = (byte)(mask | 127);
            BinaryPrimitives.WriteInt64BigEndian(header[2..], payload.Length);
            used = 10;
        }

        uint key = 0;
        if (masked)
        {
            RandomNumberGenerator.Fill(header.Slice(used, sizeof(uint)));
            key = BinaryPrimitives.ReadUInt32BigEndian(header[used..]);
            used += sizeof(uint);
        }

        frame.Advance(used);
        WebSocketMask.Apply(payload, key, frame.GetSpan(Math.Max(1, payload.Length)));
        frame.Advance(payload.Length);
        return frame.WrittenMemory;
    }
}
