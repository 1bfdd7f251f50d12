using System.Buffers;
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
    private readonly ArrayBufferWriter<byte> _chunk = new();
    private readonly Queue<(byte[] Bytes, bool IsBody)> _waiting = new();
    private byte[] _head;
    private byte[] _trailers = "\r\n"u8.ToArray();
    private int _sentOfFirst;
    private long _since;

    public FilteredResponse(
        GateContext context, GateOutput down, ResponseFilter filter, Http1Framer framer, Http1FramingKind framing, ReadOnlySpan<byte> head, bool isDocument)
    {
        (_context, _down, _filter, _framer, _framing) = (context, down, filter, framer, framing);
        _head = !filter.Reframes ? head.ToArray() : Http1Head.Edit(
            head,
            name => (filter.Decodes && Http1Names.IsContentEncoding(name)) || Http1Names.IsContentLength(name) || Http1Names.IsTransferEncoding(name),
            framing == Http1FramingKind.UntilClose ? "" : "Transfer-Encoding: chunked");
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
            _waiting.Enqueue((part.ToArray(), true));
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
                _down.Write(_trailers);
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
    public void Dispose() => _filter.Dispose();

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
        if (_head.Length > 0 && decision.Answer is { } answer)
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

        _chunk.ResetWrittenCount();
        Http1Chunks.Write(_chunk, tail.StreamTail.Span);
        _down.Write(_chunk.WrittenSpan);
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
        _down.Write(_head);
        _head = [];
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

        _chunk.ResetWrittenCount();
        Http1Chunks.Write(_chunk, _filter.Released);
        _down.Write(_chunk.WrittenSpan);
    }

    // Framing of the server's follows the body bytes before it.
    private void Frame(ReadOnlySpan<byte> raw)
    {
        if (_filter.Reframes || raw.IsEmpty)
        {
            return;
        }

        if (_waiting.Count == 0 && _head.Length == 0)
        {
            _down.Write(raw);
        }
        else
        {
            _waiting.Enqueue((raw.ToArray(), false));
        }
    }

    private void Overwrite(ReadOnlySpan<byte> released)
    {
        if (_head.Length > 0 && released.IsEmpty)
        {
            return;
        }

        while (_waiting.TryPeek(out var first))
        {
            if (!first.IsBody)
            {
                WriteHead();
                _down.Write(first.Bytes);
                _waiting.Dequeue();
                continue;
            }

            var count = Math.Min(released.Length, first.Bytes.Length - _sentOfFirst);
            if (count == 0)
            {
                return;
            }

            WriteHead();
            _down.Write(released[..count]);
            released = released[count..];
            _sentOfFirst += count;
            if (_sentOfFirst == first.Bytes.Length)
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
        var rest = _waiting.Where(static w => w.IsBody).Sum(static w => w.Bytes.Length) - _sentOfFirst;
        var filling = new byte[Math.Max(0, rest)];
        filling.AsSpan().Fill(octet);
        Overwrite(filling);
        return rest > 0;
    }
}
