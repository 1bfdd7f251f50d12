namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>A frame that waits in a stream's queue: DATA, trailers, or the credit due when what stands before it is sent.</summary>
internal sealed class HeldFrame
{
    /// <summary>The whole DATA frame with its header; for trailers the header block; empty for a credit.</summary>
    public byte[] Bytes { get; private init; } = [];

    /// <summary>Body bytes already sent.</summary>
    public int Sent { get; set; }

    /// <summary>Whether it is a header block.</summary>
    public bool IsHeaders { get; private init; }

    /// <summary>Whether END_STREAM is on it.</summary>
    public bool EndStream { get; private init; }

    /// <summary>Received bytes to be dropped from the ledger when the queue comes here; 0 for DATA and trailers.</summary>
    public int Credit { get; private init; }

    /// <summary>Bytes of padding, with the octet that counts them, not dropped yet.</summary>
    public int Padding { get; private set; }

    /// <summary>Bytes of the ledger it stands for.</summary>
    public int Payload => IsHeaders || Credit > 0 ? 0 : Body.Length + Padding;

    /// <summary>Body bytes not sent yet.</summary>
    public Span<byte> Body => IsHeaders || Credit > 0 ? default : Bytes.AsSpan(_start + Sent, _length - Sent);

    private int _start;
    private int _length;

    public static HeldFrame Data(ReadOnlySpan<byte> frame, bool endStream)
    {
        var padded = (frame[4] & 0x08) != 0 && frame.Length > Http2FrameHeader.Size;
        var padding = padded ? 1 + frame[Http2FrameHeader.Size] : 0;
        return new()
        {
            Bytes = frame.ToArray(),
            EndStream = endStream,
            Padding = padding,
            _start = Http2FrameHeader.Size + (padded ? 1 : 0),
            _length = frame.Length - Http2FrameHeader.Size - padding,
        };
    }

    public static HeldFrame Headers(byte[] block, bool endStream) => new() { Bytes = block, IsHeaders = true, EndStream = endStream };

    public static HeldFrame CreditOf(int count) => new() { Credit = count };

    /// <summary>Takes the padding off: the frame cannot go as it came.</summary>
    public int StripPadding()
    {
        var padding = Padding;
        Padding = 0;
        return padding;
    }

    /// <summary>Whether it can still go byte for byte.</summary>
    public bool IsWhole => Sent == 0 && Bytes.Length - Http2FrameHeader.Size == Payload;
}
