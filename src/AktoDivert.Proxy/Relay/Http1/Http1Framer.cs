namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>
/// Cuts one direction of an HTTP/1.1 connection into heads, body bytes, trailers and message ends (RFC 9112), however the bytes are split.
/// What a head means is the caller's business: it gives the framing of the body back.
/// </summary>
internal sealed class Http1Framer
{
    private const int MaxChunkDigits = 15;
    private const int MaxChunkExtension = 16 * 1024;

    private readonly Http1Section _section = new();
    private State _state;
    private long _left;
    private int _lineUsed;

    private enum State
    {
        Head,
        HeadGiven,
        Length,
        ChunkSize,
        ChunkExtension,
        ChunkBytes,
        ChunkEnd,
        Trailers,
        End,
        UntilClose,
    }

    /// <summary>Whether the next byte begins a message.</summary>
    public bool IsBetweenMessages => _state == State.Head && _section.IsEmpty;

    /// <summary>Whether the end of the connection is the end of the body.</summary>
    public bool EndsWithConnection => _state == State.UntilClose;

    /// <summary>Bytes that the chunk being read still lacks, 0 when only its line end does; null between chunks.</summary>
    public long? ChunkLeft => _state is State.ChunkBytes or State.ChunkEnd ? _left : null;

    /// <summary>Bytes held of a head that has not ended.</summary>
    public ReadOnlySpan<byte> Held => _section.Held;

    /// <summary>Why <see cref="Read"/> returned <see cref="Http1Token.Fault"/>.</summary>
    public OpaqueCause? Fault { get; private set; }

    /// <summary>Says how the body behind the head just read is framed.</summary>
    public void BeginBody(Http1Framing framing)
    {
        _section.Clear();
        (_left, _lineUsed) = (framing.Length, 0);
        _state = framing.Kind switch
        {
            Http1FramingKind.Length => State.Length,
            Http1FramingKind.Chunked => State.ChunkSize,
            _ => State.UntilClose,
        };
    }

    /// <summary>
    /// Takes the next token from <paramref name="input"/> and advances it. <paramref name="part"/> is valid until the next call.
    /// </summary>
    public Http1Token Read(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> part)
    {
        part = default;
        switch (_state)
        {
            case State.Head:
                return ReadHead(ref input, out part);
            case State.Length:
                return ReadBody(ref input, out part, State.End);
            case State.ChunkSize or State.ChunkExtension:
                return ReadChunkLine(ref input, out part);
            case State.ChunkBytes:
                return ReadBody(ref input, out part, State.ChunkEnd);
            case State.ChunkEnd:
                return ReadChunkEnd(ref input, out part);
            case State.Trailers:
                return ReadTrailers(ref input, out part);
            case State.UntilClose when !input.IsEmpty:
                part = input;
                input = default;
                return Http1Token.Body;
            case State.End:
                _section.Clear();
                _state = State.Head;
                return Http1Token.End;
            default:
                return Http1Token.NeedMore;
        }
    }

    /// <summary>Gives pooled buffers back.</summary>
    public void Release() => _section.Clear();

    private Http1Token ReadHead(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> head)
    {
        if (_section.IsEmpty && input is [(byte)'\r' or (byte)'\n', ..])
        {
            // RFC 9112 section 2.2: empty lines before a start line are to be ignored.
            input = input.TrimStart("\r\n"u8);
        }

        if (_section.TryRead(ref input, out head))
        {
            _state = State.HeadGiven;
            return Http1Token.Head;
        }

        return _section.IsTooLong ? Fail(OpaqueCause.Http1HeadLimit) : Http1Token.NeedMore;
    }

    private Http1Token ReadBody(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> body, State next)
    {
        body = input[..(int)Math.Min(_left, input.Length)];
        input = input[body.Length..];
        _left -= body.Length;
        if (_left == 0)
        {
            _state = next;
            return body.IsEmpty ? Read(ref input, out body) : Http1Token.Body;
        }

        return body.IsEmpty ? Http1Token.NeedMore : Http1Token.Body;
    }

    // chunk-size [ chunk-ext ] CRLF (RFC 9112 section 7.1)
    private Http1Token ReadChunkLine(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> part)
    {
        part = default;
        while (!input.IsEmpty)
        {
            var octet = input[0];
            input = input[1..];
            if (octet == (byte)'\n')
            {
                if (_lineUsed == 0)
                {
                    return Fail(OpaqueCause.Http1Chunk);
                }

                _lineUsed = 0;
                _state = _left == 0 ? State.Trailers : State.ChunkBytes;
                return Read(ref input, out part);
            }

            if (_state == State.ChunkSize && char.IsAsciiHexDigit((char)octet))
            {
                _left = (_left << 4) | HexDigit(octet);
                if (++_lineUsed > MaxChunkDigits)
                {
                    return Fail(OpaqueCause.Http1Chunk);
                }

                continue;
            }

            if (_lineUsed == 0 || (_state == State.ChunkSize && octet is not ((byte)';' or (byte)'\r' or (byte)' ' or (byte)'\t')))
            {
                return Fail(OpaqueCause.Http1Chunk);
            }

            _state = State.ChunkExtension;
            if (++_lineUsed > MaxChunkExtension)
            {
                return Fail(OpaqueCause.Http1Chunk);
            }
        }

        return Http1Token.NeedMore;
    }

    private Http1Token ReadChunkEnd(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> part)
    {
        part = default;
        while (!input.IsEmpty)
        {
            var octet = input[0];
            input = input[1..];
            if (octet == (byte)'\n')
            {
                _lineUsed = 0;
                _state = State.ChunkSize;
                return Read(ref input, out part);
            }

            if (octet != (byte)'\r' || _lineUsed++ > 0)
            {
                return Fail(OpaqueCause.Http1Chunk);
            }
        }

        return Http1Token.NeedMore;
    }

    private Http1Token ReadTrailers(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> trailers)
    {
        if (_section.TryRead(ref input, out trailers))
        {
            _state = State.End;
            return Http1Token.Trailers;
        }

        return _section.IsTooLong ? Fail(OpaqueCause.Http1HeadLimit) : Http1Token.NeedMore;
    }

    // The low four bits of a letter count from 1.
    private static uint HexDigit(byte octet) => (octet & 0x0fu) + (octet >= (byte)'A' ? 9u : 0u);

    private Http1Token Fail(OpaqueCause cause)
    {
        Fault = cause;
        return Http1Token.Fault;
    }
}
