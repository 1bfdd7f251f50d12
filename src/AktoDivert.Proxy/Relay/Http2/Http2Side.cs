using System.Buffers.Binary;
using AktoDivert.Proxy.Relay.Http2.Hpack;

namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>Parsing state of one direction of an HTTP/2 connection.</summary>
internal sealed class Http2Side
{
    private readonly byte[] _lastStreamId = new byte[sizeof(uint)];
    private int _lastStreamIdUsed;

    public Http2FrameReader Frames { get; } = new();

    public Http2HeaderBlock Block { get; } = new();

    /// <summary>Decodes the blocks that this side sends.</summary>
    public HpackDecoder Hpack { get; } = new();

    /// <summary>The settings that this side announces; they bind the other side's encoder.</summary>
    public Http2Settings Settings { get; } = new();

    /// <summary>When the first byte of the header block being read was seen.</summary>
    public Moment BlockStarted { get; set; }

    /// <summary>Begins a GOAWAY frame.</summary>
    public void BeginGoAway() => _lastStreamIdUsed = 0;

    /// <summary>Adds payload of the frame; only the last stream id, which comes first, is kept.</summary>
    public void AppendGoAway(ReadOnlySpan<byte> content)
    {
        var kept = content[..Math.Min(content.Length, _lastStreamId.Length - _lastStreamIdUsed)];
        kept.CopyTo(_lastStreamId.AsSpan(_lastStreamIdUsed));
        _lastStreamIdUsed += kept.Length;
    }

    /// <summary>The last stream id of the frame that ended; false when the frame was too short to hold one.</summary>
    public bool TryReadLastStreamId(out int lastStreamId)
    {
        lastStreamId = (int)(BinaryPrimitives.ReadUInt32BigEndian(_lastStreamId) & 0x7fff_ffff);
        return _lastStreamIdUsed == _lastStreamId.Length;
    }

    /// <summary>Gives pooled buffers back.</summary>
    public void Release()
    {
        Block.End();
        Hpack.Release();
    }
}
