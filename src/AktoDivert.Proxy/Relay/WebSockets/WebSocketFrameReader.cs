using System.Buffers.Binary;

namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>Cuts one direction of a WebSocket into frames and unmasks them, however the bytes are split.</summary>
internal sealed class WebSocketFrameReader
{
    // Two bytes, eight of extended length, four of masking key.
    private readonly byte[] _header = new byte[14];
    private readonly byte[] _unmasked = new byte[1024];
    private int _headerUsed;
    private bool _inPayload;
    private uint _key;
    private long _left;

    /// <summary>The frame being read.</summary>
    public WebSocketFrameHeader Frame { get; private set; }

    /// <summary>
    /// Takes the next token from <paramref name="input"/> and advances it. <paramref name="payload"/> is valid until the next call.
    /// </summary>
    public WebSocketToken Read(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!_inPayload)
        {
            return ReadHeader(ref input);
        }

        if (_left == 0)
        {
            _inPayload = false;
            return WebSocketToken.FrameEnd;
        }

        var most = Frame.Masked ? _unmasked.Length : int.MaxValue;
        payload = input[..(int)Math.Min(Math.Min(_left, most), input.Length)];
        if (payload.IsEmpty)
        {
            return WebSocketToken.NeedMore;
        }

        input = input[payload.Length..];
        _left -= payload.Length;
        payload = Frame.Masked ? Unmask(payload) : payload;
        return WebSocketToken.Payload;
    }

    private WebSocketToken ReadHeader(ref ReadOnlySpan<byte> input)
    {
        while (_headerUsed < 2 || _headerUsed < HeaderLength())
        {
            if (input.IsEmpty)
            {
                return WebSocketToken.NeedMore;
            }

            _header[_headerUsed++] = input[0];
            input = input[1..];
        }

        var length = (_header[1] & 0x7f) switch
        {
            127 => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)),
            126 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
            var small => small,
        };
        Frame = new WebSocketFrameHeader((_header[0] & 0x80) != 0, _header[0] & 0x70, _header[0] & 0x0f, (_header[1] & 0x80) != 0, length);
        _key = Frame.Masked ? BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(_headerUsed - 4)) : 0;
        (_headerUsed, _inPayload, _left) = (0, true, length);
        return Frame.IsValid ? WebSocketToken.FrameStart : WebSocketToken.Fault;
    }

    private int HeaderLength()
    {
        var extended = (_header[1] & 0x7f) switch { 127 => 8, 126 => 2, _ => 0 };
        return 2 + extended + ((_header[1] & 0x80) != 0 ? 4 : 0);
    }

    // The key turns with each part.
    private ReadOnlySpan<byte> Unmask(ReadOnlySpan<byte> masked)
    {
        WebSocketMask.Apply(masked, _key, _unmasked);
        _key = uint.RotateLeft(_key, 8 * (masked.Length & 3));
        return _unmasked.AsSpan(0, masked.Length);
    }
}
