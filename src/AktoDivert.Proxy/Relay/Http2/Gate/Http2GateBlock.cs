using System.Buffers;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>Joins the frames of a header block, and keeps them as they came.</summary>
internal sealed class Http2GateBlock
{
    private readonly ArrayBufferWriter<byte> _raw = new(1024);
    private readonly ArrayBufferWriter<byte> _block = new(1024);

    /// <summary>Whether only CONTINUATION of the same stream may follow.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The frame that began it.</summary>
    public Http2FrameHeader First { get; private set; }

    /// <summary>Priority of HEADERS, or the promised stream of PUSH_PROMISE, as sent; else empty.</summary>
    public byte[] Prefix { get; private set; } = [];

    /// <summary>The frames as they came.</summary>
    public ReadOnlySpan<byte> Raw => _raw.WrittenSpan;

    /// <summary>The block.</summary>
    public ReadOnlyMemory<byte> Bytes => _block.WrittenMemory;

    /// <summary>Adds a frame; true when the block is whole.</summary>
    public bool Add(Http2FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var fragment = frame[Http2FrameHeader.Size..];
        if (!IsOpen)
        {
            _raw.ResetWrittenCount();
            _block.ResetWrittenCount();
            First = header;
            fragment = Begin(header, fragment);
        }

        if (_block.WrittenCount + fragment.Length > Http2HeaderBlock.MaxBytes)
        {
            throw new GateException("http2-block-limit", "an HTTP/2 header block is too long");
        }

        _raw.Write(frame);
        _block.Write(fragment);
        IsOpen = !header.EndHeaders;
        return header.EndHeaders;
    }

    private ReadOnlySpan<byte> Begin(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        var padding = 0;
        if (header.Padded)
        {
            padding = payload.IsEmpty ? int.MaxValue : payload[0];
            payload = payload.IsEmpty ? payload : payload[1..];
        }

        var prefix = header.Type == Http2FrameType.PushPromise ? 4 : header.HasPriority ? 5 : 0;
        if (padding > payload.Length - prefix)
        {
            throw new GateException("http2-frame", "an HTTP/2 HEADERS frame is shorter than its padding");
        }

        Prefix = payload[..prefix].ToArray();
        return payload[prefix..^padding];
    }
}
