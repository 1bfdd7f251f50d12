namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>Cuts one direction of a connection into frames, however the bytes are split, without holding payloads.</summary>
internal sealed class Http2FrameReader
{
    private readonly byte[] _header = new byte[Http2FrameHeader.Size];
    private State _state;
    private int _headerUsed;
    private int _contentLeft;
    private int _paddingLeft;

    private enum State
    {
        Header,
        PadLength,
        Content,
        Padding,
    }

    /// <summary>The frame being read, from <see cref="Http2Token.FrameStart"/> to <see cref="Http2Token.FrameEnd"/>.</summary>
    public Http2FrameHeader Frame { get; private set; }

    /// <summary>Takes the next token from <paramref name="input"/> and advances it.</summary>
    public Http2Token Read(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> content)
    {
        content = default;
        switch (_state)
        {
            case State.Header:
                return ReadHeader(ref input);

            case State.PadLength:
                if (_contentLeft > 0 && input.IsEmpty)
                {
                    return Http2Token.NeedMore;
                }

                if (_contentLeft == 0 || input[0] >= _contentLeft)
                {
                    return Http2Token.Fault;
                }

                _paddingLeft = input[0];
                _contentLeft -= 1 + _paddingLeft;
                input = input[1..];
                _state = State.Content;
                return Read(ref input, out content);

            case State.Content when _contentLeft > 0:
                content = Take(ref input, ref _contentLeft);
                return content.IsEmpty ? Http2Token.NeedMore : Http2Token.Content;

            default:
                _state = State.Padding;
                Take(ref input, ref _paddingLeft);
                if (_paddingLeft > 0)
                {
                    return Http2Token.NeedMore;
                }

                _state = State.Header;
                return Http2Token.FrameEnd;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> input, ref int left)
    {
        var taken = input[..Math.Min(left, input.Length)];
        input = input[taken.Length..];
        left -= taken.Length;
        return taken;
    }

    private Http2Token ReadHeader(ref ReadOnlySpan<byte> input)
    {
        if (_headerUsed == 0 && input.Length >= Http2FrameHeader.Size)
        {
            StartFrame(input);
            input = input[Http2FrameHeader.Size..];
            return Http2Token.FrameStart;
        }

        var taken = input[..Math.Min(Http2FrameHeader.Size - _headerUsed, input.Length)];
        taken.CopyTo(_header.AsSpan(_headerUsed));
        input = input[taken.Length..];
        _headerUsed += taken.Length;
        if (_headerUsed < Http2FrameHeader.Size)
        {
            return Http2Token.NeedMore;
        }

        _headerUsed = 0;
        StartFrame(_header);
        return Http2Token.FrameStart;
    }

    private void StartFrame(ReadOnlySpan<byte> header)
    {
        Frame = Http2FrameHeader.Read(header);
        (_contentLeft, _paddingLeft) = (Frame.Length, 0);
        _state = Frame.Padded ? State.PadLength : State.Content;
    }
}
