using AktoDivert.Core.Content;
using AktoDivert.Core.Guarding;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>
/// A response that passes through the guard. Of the same length, what is released takes the place of the server's bytes within its own
/// framing; otherwise the body is framed anew.
/// </summary>
internal sealed class FilteredResponse : IDisposable
{
    private const int MaxFilled = 64 * 1024;

    private readonly GateContext _context;
    private readonly GateOutput _down;
    private readonly ResponseFilter _filter;
    private readonly Http1Framer _framer;
    private readonly Http1FramingKind _framing;
    private readonly Queue<(int Length, bool IsBody)> _waiting = new();

    // The head while it waits, and behind it what waits between pieces of the body. Of those themselves only what is released is written.
    private readonly ByteBuffer _frames = new(int.MaxValue);
    private int _headLength;
    private byte[] _trailers = [];
    private int _sentOfFirst;
    private long _since;

    public FilteredResponse(
        GateContext context, GateOutput down, ResponseFilter filter, Http1Framer framer, Http1FramingKind framing, ReadOnlySpan<byte> head, bool isDocument)
    {
        (_context, _down, _filter, _framer, _framing) = (context, down, filter, framer, framing);
        _frames.Append(filter.Reframes ? Reframed(head, filter.Decodes, framing) : head);
        _headLength = _frames.Length;
        _since = context.Time.GetTimestamp();

        // A document comes at once, and its head can wait to become another answer. A stream's head is news in itself.
        if (filter.OnlyObserves || !isDocument)
        {
            WriteHead();
        }
    }

    /// <summary>Takes bytes as they came, the last of which are <paramref name="part"/>; false when the app got its last answer.</summary>
    public bool Add(ReadOnlySpan<byte> raw, Http1Token token, ReadOnlySpan<byte> part)
    {
        _since = _context.Time.GetTimestamp();
        if (token == Http1Token.Trailers)
        {
            _trailers = part.ToArray();
        }

        var isBody = token == Http1Token.Body;
        if (_filter.OnlyObserves)
        {
            _down.Write(raw);
            return !isBody || Carry(_filter.Grow(part, last: false));
        }

        if (!isBody)
        {
            Frame(raw);
            return true;
        }

        var decision = _filter.Grow(part, last: false);
        if (_filter.Reframes)
        {
            WriteReleased();
        }
        else if (_waiting.Count == 0 && _filter.Released.SequenceEqual(part))
        {
            WriteHead();
            _down.Write(raw);
        }
        else
        {
            Frame(raw[..^part.Length]);
            _waiting.Enqueue((part.Length, true));
            Overwrite(_filter.Released);
        }

        return Carry(decision);
    }

    /// <summary>The response is over; false when the app got its last answer.</summary>
    public bool End()
    {
        var decision = _filter.Grow([], last: true);
        if (_filter.OnlyObserves)
        {
            return true;
        }

        if (_filter.Reframes)
        {
            WriteReleased();
            if (!decision.Blocks)
            {
                WriteHead();
            }

            if (!decision.Blocks && _framing != Http1FramingKind.UntilClose)
            {
                _down.Write("0\r\n"u8);
                _down.Write(_trailers.Length > 0 ? _trailers : "\r\n"u8);
            }
        }
        else
        {
            Overwrite(_filter.Released);
            if (!decision.Blocks)
            {
                WriteHead();
                MaskRest();
            }
        }

        return Carry(decision);
    }

    /// <summary>The server went in the middle: what the guard holds follows, if the policy lets it.</summary>
    public void CutOff()
    {
        WriteHead();
        if (_filter is { OnlyObserves: false })
        {
            Release();
        }
    }

    /// <summary>What follows cannot be read any more: what waits passes before it, released by the guard as on a time-out.</summary>
    public void GiveUp(OpaqueCause cause)
    {
        if (_filter.Reframes)
        {
            // Its framing is ours, and what follows is the server's.
            throw new GateException(cause.Slug, cause.Text);
        }

        CutOff();
        MaskRest();
    }

    /// <summary>Releases what is held of a quiet response.</summary>
    public void Look()
    {
        if (_filter is { OnlyObserves: false, Holds: true } && _context.Time.GetElapsedTime(_since) >= _context.Options.ReleaseAfter)
        {
            _context.Counters.Add("gate.released.quiet");
            Release();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _filter.Dispose();
        _frames.Dispose();
    }

    private static byte[] Reframed(ReadOnlySpan<byte> head, bool decodes, Http1FramingKind framing) => Http1Head.Edit(
        head,
        name => (decodes && Http1Names.IsContentEncoding(name)) || Http1Names.IsContentLength(name) || Http1Names.IsTransferEncoding(name),
        framing == Http1FramingKind.UntilClose ? "" : "Transfer-Encoding: chunked");

    private void Release()
    {
        // A block on the time-out is carried out with the next byte or the end.
        _filter.ReleaseHeld();
        if (_filter.Reframes)
        {
            WriteReleased();
        }
        else
        {
            Overwrite(_filter.Released);
        }
    }

    private bool Carry(GuardDecision decision)
    {
        if (!decision.Blocks || _filter.OnlyObserves)
        {
            return true;
        }

        _context.Counters.Add("gate.blocked");
        if (_headLength > 0 && decision.Answer is { } answer)
        {
            _down.Write(Http1Head.Answer(answer, isHead: false));
            return false;
        }

        if (decision.Answer is not { StreamTail.IsEmpty: false } tail || (!_filter.Reframes && !TryEndChunk()))
        {
            throw new GateException("response-blocked", "a response that had begun was blocked");
        }

        if (_framing == Http1FramingKind.UntilClose)
        {
            _down.Write(tail.StreamTail.Span);
            return false;
        }

        WriteChunk(tail.StreamTail.Span);
        _down.Write("0\r\n\r\n"u8);
        return false;
    }

    /// <summary>Fills the chunk that was begun with empty lines, which no event stream minds; false when that cannot be.</summary>
    private bool TryEndChunk()
    {
        if (_framing == Http1FramingKind.Length || _framer.ChunkLeft > MaxFilled)
        {
            return false;
        }

        Fill((byte)'\n');
        if (_framer.ChunkLeft is { } left)
        {
            var rest = new byte[left];
            rest.AsSpan().Fill((byte)'\n');
            _down.Write(rest);
            _down.Write("\r\n"u8);
        }

        return true;
    }

    private void WriteHead()
    {
        WriteFrames(_headLength);
        _headLength = 0;
    }

    private void WriteFrames(int length)
    {
        _down.Write(_frames.Span[..length]);
        _frames.Skip(length);
    }

    private void WriteReleased()
    {
        if (_filter.Released.IsEmpty)
        {
            return;
        }

        WriteHead();
        if (_framing == Http1FramingKind.UntilClose)
        {
            _down.Write(_filter.Released);
            return;
        }

        WriteChunk(_filter.Released);
    }

    private void WriteChunk(ReadOnlySpan<byte> body)
    {
        using var chunk = new ByteBuffer(int.MaxValue);
        Http1Chunks.Write(chunk, body);
        _down.Write(chunk.Span);
    }

    // Framing of the server's follows the body bytes before it.
    private void Frame(ReadOnlySpan<byte> raw)
    {
        if (_filter.Reframes || raw.IsEmpty)
        {
            return;
        }

        if (_waiting.Count == 0 && _headLength == 0)
        {
            _down.Write(raw);
        }
        else
        {
            _frames.Append(raw);
            _waiting.Enqueue((raw.Length, false));
        }
    }

    private void Overwrite(ReadOnlySpan<byte> released)
    {
        if (_headLength > 0 && released.IsEmpty)
        {
            return;
        }

        while (_waiting.TryPeek(out var first))
        {
            if (!first.IsBody)
            {
                WriteHead();
                WriteFrames(first.Length);
                _waiting.Dequeue();
                continue;
            }

            var count = Math.Min(released.Length, first.Length - _sentOfFirst);
            if (count == 0)
            {
                return;
            }

            WriteHead();
            _down.Write(released[..count]);
            released = released[count..];
            _sentOfFirst += count;
            if (_sentOfFirst == first.Length)
            {
                _waiting.Dequeue();
                _sentOfFirst = 0;
            }
        }
    }

    private void MaskRest()
    {
        if (Fill((byte)'*'))
        {
            _context.Counters.Add("gate.masked-rest");
        }
    }

    private bool Fill(byte octet)
    {
        var rest = Waiting() - _sentOfFirst;
        if (rest <= 0)
        {
            Overwrite([]);
            return false;
        }

        var filling = new byte[rest];
        filling.AsSpan().Fill(octet);
        Overwrite(filling);
        return true;
    }

    private int Waiting()
    {
        var bytes = 0;
        foreach (var (length, isBody) in _waiting)
        {
            bytes += isBody ? length : 0;
        }

        return bytes;
    }
}
