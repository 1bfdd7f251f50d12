using System.Buffers;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>Cuts one direction into whole frames, however the bytes are split.</summary>
internal sealed class Http2FrameAssembler
{
    private readonly ArrayBufferWriter<byte> _partial = new();
    private bool _partialGiven;

    /// <summary>Takes the next whole frame off <paramref name="input"/>, valid until the next call; false when more is needed.</summary>
    public bool TryRead(ref ReadOnlySpan<byte> input, int maxFrame, out Http2FrameHeader header, out ReadOnlySpan<byte> frame)
    {
        if (_partialGiven)
        {
            _partial.ResetWrittenCount();
            _partialGiven = false;
        }

        header = default;
        frame = default;
        if (_partial.WrittenCount == 0 && TryTake(input, maxFrame, out header, out var length))
        {
            frame = input[..length];
            input = input[length..];
            return true;
        }

        Collect(ref input, Http2FrameHeader.Size);
        if (_partial.WrittenCount < Http2FrameHeader.Size)
        {
            return false;
        }

        header = Http2FrameHeader.Read(_partial.WrittenSpan);
        Check(header, maxFrame);
        Collect(ref input, Http2FrameHeader.Size + header.Length);
        _partialGiven = _partial.WrittenCount == Http2FrameHeader.Size + header.Length;
        frame = _partial.WrittenSpan;
        return _partialGiven;
    }

    private static bool TryTake(ReadOnlySpan<byte> input, int maxFrame, out Http2FrameHeader header, out int length)
    {
        (header, length) = (default, 0);
        if (input.Length < Http2FrameHeader.Size)
        {
            return false;
        }

        header = Http2FrameHeader.Read(input);
        Check(header, maxFrame);
        length = Http2FrameHeader.Size + header.Length;
        return input.Length >= length;
    }

    private static void Check(Http2FrameHeader header, int maxFrame)
    {
        if (header.Length > maxFrame)
        {
            throw new GateException("http2-frame-size", "an HTTP/2 frame is longer than its receiver accepts");
        }
    }

    private void Collect(ref ReadOnlySpan<byte> input, int until)
    {
        var taken = input[..Math.Min(input.Length, Math.Max(0, until - _partial.WrittenCount))];
        _partial.Write(taken);
        input = input[taken.Length..];
    }
}
