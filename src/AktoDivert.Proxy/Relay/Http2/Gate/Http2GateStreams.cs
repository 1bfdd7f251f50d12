using System.Buffers;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>
/// The streams of a guarded connection. All methods but those that end in Async are called under the connection's lock.
/// </summary>
internal sealed class Http2GateStreams : IDisposable
{
    private const uint Cancel = 8;

    private readonly GateContext _context;
    private readonly Lock _lock;
    private readonly Http2GateSide _up;
    private readonly Http2GateSide _down;
    private readonly Action _flush;
    private readonly Dictionary<int, Http2GateStream> _open = [];
    private readonly Http2Tombs _tombs = new();
    private readonly List<Task> _judging = [];
    private readonly HeaderBlock _headers = new();
    private readonly GateTimer _timer;
    private readonly Http2GateTalks _talks;
    private readonly Http2GateRequests _requests;
    private readonly Http2GateResponses _responses;
    private TaskCompletionSource? _drained;
    private int _lastRequest;
    private bool _disposed;

    public Http2GateStreams(GateContext context, Lock gateLock, Http2GateSide up, Http2GateSide down, Action flush)
    {
        (_context, _lock, _up, _down, _flush) = (context, gateLock, up, down, flush);
        _timer = new(context.Time, context.Options.ReleaseAfter, Tick);
        _talks = new(context, this, up, down);
        _requests = new(context, this, up);
        _responses = new(context, this, up, down);
    }

    /// <summary>Streams that are open on both sides, and those that still get our answer.</summary>
    public IEnumerable<Http2GateStream> All => _open.Values.Concat(_tombs.Answered);

    private long Now => _context.Time.GetTimestamp();

    /// <summary>Whether the stream is still what a verdict was asked for.</summary>
    public bool IsOpen(Http2GateStream stream) => !_disposed && _open.TryGetValue(stream.Id, out var current) && current == stream;

    /// <summary>A header block of a stream was read.</summary>
    public void Headers(Http2GateSide side)
    {
        var first = side.Block.First;
        if (_tombs.Contains(first.StreamId))
        {
            side.Hpack.Withhold();
            if (first.EndStream && side == _up)
            {
                _tombs.AppEnded(first.StreamId);
            }

            return;
        }

        var stream = _open.GetValueOrDefault(first.StreamId);
        if (side == _up && stream is null && first.StreamId > _lastRequest && (first.StreamId & 1) == 1)
        {
            Request(first);
        }
        else if (stream is null)
        {
            Forward(side);
        }
        else if (side == _up || stream.ResponseStarted)
        {
            Trailers(side, stream);
        }
        else
        {
            Response(stream, first);
        }
    }

    /// <summary>A stream was promised by the server.</summary>
    public void Promise(int streamId) =>
        _open.TryAdd(streamId, new Http2GateStream(streamId, 0, _down.InitialWindow) { RequestEnded = true });

    /// <summary>Passes the block just read, patched where it must be.</summary>
    public void Forward(Http2GateSide side, Func<ReadOnlySpan<byte>, bool>? drop = null)
    {
        if (side.Hpack.Forward(drop) is { } patched)
        {
            _context.Counters.Add("gate.h2.patched");
            side.WriteInstead(patched.Span);
        }
        else
        {
            side.Write(side.Block.Raw);
        }
    }

    /// <summary>A DATA frame.</summary>
    public void Data(Http2GateSide side, Http2FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var payload = frame[Http2FrameHeader.Size..];
        if (header.Padded && (payload.IsEmpty || payload[0] >= payload.Length))
        {
            throw new GateException("http2-frame", "an HTTP/2 DATA frame is shorter than its padding");
        }

        side.Connection.Receive(header.Length);
        if (_open.TryGetValue(header.StreamId, out var stream))
        {
            if (side == _down && !stream.ResponseStarted)
            {
                throw new GateException("http2-frame", "DATA of an HTTP/2 response came before its head");
            }

            stream.Window(side.Direction).Receive(header.Length);
            var body = header.Padded ? payload[1..^payload[0]] : payload;
            Data(side, stream, frame, body, header.EndStream);
            CloseIfOver(stream);
        }
        else if (_tombs.Contains(header.StreamId) || side.Connection.Sink < header.Length)
        {
            side.DropFromConnection(header.Length);
            if (side == _up && _tombs.Drains(header.StreamId, header.EndStream) && header.Length > 0)
            {
                // Without credit the app would never come to its end.
                _down.WriteControl(Http2FrameType.WindowUpdate, header.StreamId, (uint)header.Length);
            }
        }
        else
        {
            side.Connection.Send(header.Length);
            side.Write(frame);
        }
    }

    /// <summary>A stream was reset.</summary>
    public void Reset(Http2GateSide side, int streamId, ReadOnlySpan<byte> frame)
    {
        if (_tombs.Contains(streamId))
        {
            // The server never knew it, or it was reset there already.
            if (side == _up && _tombs.TakeAnswered(streamId) is { } answered)
            {
                _down.DropQueue(answered);
                answered.Release();
            }

            return;
        }

        if (_open.TryGetValue(streamId, out var stream))
        {
            _up.DropQueue(stream);
            if (side == _down && stream.ResponseEnded && !stream.DownQueue.IsEmpty)
            {
                // The response was complete (RFC 9113 section 8.1): the app still gets it.
                Entomb(stream, answered: true);
                return;
            }

            _down.DropQueue(stream);
            Remove(stream);
        }

        side.Write(frame);
    }

    /// <summary>The sink of a stream's other direction granted credit.</summary>
    public void WindowUpdate(Http2GateSide side, int streamId, uint count, ReadOnlySpan<byte> frame)
    {
        var granted = side.Other;
        if (_open.TryGetValue(streamId, out var stream))
        {
            Http2Gate.ForwardCredit(side, frame, stream.Window(granted.Direction).Granted(count), count);
            granted.Drain();
        }
        else if (!_tombs.Contains(streamId))
        {
            side.Write(frame);
        }
        else if (side == _up && _tombs.FindAnswered(streamId) is { } answered)
        {
            answered.DownWindow.Granted(count);
            _down.Drain();
        }
    }

    /// <summary>Forgets a stream when both of its halves are over and sent.</summary>
    public void CloseIfOver(Http2GateStream stream)
    {
        if (stream.DownQueue.IsEmpty && stream.ResponseEnded)
        {
            _tombs.TakeAnswered(stream.Id);
            if (stream.Answered)
            {
                stream.Release();
            }
        }

        if (stream is { RequestEnded: true, ResponseEnded: true, Judging: false }
            && stream.UpQueue.IsEmpty && stream.DownQueue.IsEmpty && IsOpen(stream))
        {
            Remove(stream);
        }

        if (_up.IsDrained)
        {
            _drained?.TrySetResult();
        }
    }

    /// <summary>
    /// What a stream sent is refused: the server gets nothing more of it, the app gets the answer, or a reset when it has had part of another.
    /// </summary>
    public void Block(Http2GateStream stream, GuardDecision decision)
    {
        _context.Counters.Add("gate.blocked");
        _up.WriteControl(Http2FrameType.RstStream, stream.Id, Cancel);
        var answer = stream.ResponseStarted ? null : decision.Answer;
        if (answer is null && !stream.ResponseEnded)
        {
            _down.WriteControl(Http2FrameType.RstStream, stream.Id, Cancel);
        }

        _down.DropQueue(stream);
        Entomb(stream, answered: answer is not null);
        if (answer is not null)
        {
            Answer(stream, answer);
        }
    }

    /// <summary>Makes a verdict outside of the lock, and carries it out under it.</summary>
    public void Judge(Http2GateStream stream, Func<ValueTask<GuardDecision>> judge, Action<GuardDecision> apply)
    {
        var task = Task.Run(async () =>
        {
            var decision = await judge();
            lock (_lock)
            {
                if (IsOpen(stream) || StillSpeaks(stream))
                {
                    apply(decision);
                    _up.Drain();
                    _down.Drain();
                    CloseIfOver(stream);
                }
            }

            _flush();
        });
        _judging.RemoveAll(static t => t.IsCompleted);
        _judging.Add(task);
    }

    /// <summary>Completes when the verdicts asked for so far are carried out.</summary>
    public Task WhenJudgedAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_judging.ToArray());
        }
    }

    /// <summary>The app sends no more: waits until what is held is judged and sent.</summary>
    public async ValueTask FinishUpAsync()
    {
        await WhenJudgedAsync();
        lock (_lock)
        {
            _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_up.IsDrained)
            {
                return;
            }
        }

        await Task.WhenAny(_drained.Task, Task.Delay(_context.Options.CloseLimit, _context.Time));
    }

    /// <summary>Looks at a stream again when it was quiet for a while.</summary>
    public void Watch(Http2GateStream stream)
    {
        stream.Since = Now;
        _timer.Start();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
        foreach (var stream in All)
        {
            stream.Release();
        }

        _headers.Dispose();
    }

    private static bool IsLength(ReadOnlySpan<byte> name) => name.SequenceEqual("content-length"u8);

    private static bool IsLengthOrCoding(ReadOnlySpan<byte> name) => IsLength(name) || name.SequenceEqual("content-encoding"u8);

    private void Request(Http2FrameHeader first)
    {
        _lastRequest = first.StreamId;
        var hpack = _up.Hpack;
        _headers.Clear();
        hpack.CopyTo(_headers);
        var method = hpack.Find(":method"u8);
        var stream = new Http2GateStream(first.StreamId, _up.InitialWindow, _down.InitialWindow)
        {
            Guard = GuardedExchange.Begin(_context, ExchangeProtocol.Http2, first.StreamId, _headers),
            IsHead = method.SequenceEqual("HEAD"u8),
            IsWebSocket = hpack.Find(":protocol"u8).SequenceEqual("websocket"u8),
            RequestEnded = first.EndStream,
        };
        if (stream.Guard?.JudgeHead() is { Blocks: true } refused)
        {
            Refuse(stream, refused);
            return;
        }

        _open.Add(stream.Id, stream);
        if (stream.Guard is null || first.EndStream || (method.SequenceEqual("CONNECT"u8) && !stream.IsWebSocket))
        {
            Forward(_up);
            return;
        }

        Hold(stream);
        var dropLength = stream.Holding && stream.RequestCoding.Length > 0;
        stream.LengthDeclared = !dropLength && !hpack.Find("content-length"u8).IsEmpty;
        Forward(_up, dropLength ? IsLength : null);
    }

    private void Hold(Http2GateStream stream)
    {
        stream.UpQueue.Allowed = 0;
        if (stream.IsWebSocket)
        {
            // The server has to agree to it, and to its extensions, before a frame can be read.
            stream.UpQueue.Stopped = true;
        }
        else if (Envelopes.TryCreate(_headers, _context.Options) is { } envelopes)
        {
            _talks.Begin(stream, envelopes.App, envelopes.Server);
            stream.DownQueue.Allowed = 0;
        }
        else
        {
            stream.UpQueue.Stopped = stream.Holding = true;
            stream.RequestCoding = ContentCoding.Of(_headers);
            Watch(stream);
        }
    }

    // The server never sees the stream: forwarding its head and resetting it would let the server carry the request out.
    private void Refuse(Http2GateStream stream, GuardDecision decision)
    {
        _context.Counters.Add("gate.withheld");
        _up.Hpack.Withhold();
        _tombs.Add(stream, answered: decision.Answer is not null);
        stream.Answered = true;
        if (decision.Answer is { } answer)
        {
            Answer(stream, answer);
        }
        else
        {
            _down.WriteControl(Http2FrameType.RstStream, stream.Id, Cancel);
            stream.Release();
        }
    }

    private void Answer(Http2GateStream stream, BlockAnswer answer)
    {
        stream.ResponseStarted = stream.ResponseEnded = true;
        var ends = stream.IsHead || answer.Body.IsEmpty;
        _down.WriteHeaders(stream.Id, Http2Answer.Head(answer, _down.Hpack), ends);
        if (!ends)
        {
            _down.Inject(stream, answer.Body.Span, endStream: true);
            _down.Drain();
        }

        CloseIfOver(stream);
    }

    /// <summary>Nothing more of a stream reaches the server; the app is let come to its end.</summary>
    public void Entomb(Http2GateStream stream, bool answered)
    {
        if (!stream.RequestEnded)
        {
            _up.Grant(stream.UpWindow, stream.Id, stream.UpWindow.Held - stream.UpWindow.Debt);
        }

        _up.DropQueue(stream);
        _open.Remove(stream.Id);
        _tombs.Add(stream, answered);
        stream.Answered = true;
        if (!answered)
        {
            stream.Release();
        }
    }

    // A server may reset the stream of a WebSocket behind its last message, which may still be judged.
    private bool StillSpeaks(Http2GateStream stream) => !_disposed && stream.IsWebSocket && _tombs.FindAnswered(stream.Id) == stream;

    private void Remove(Http2GateStream stream)
    {
        _open.Remove(stream.Id);
        stream.Release();
    }

    private void Response(Http2GateStream stream, Http2FrameHeader first)
    {
        var hpack = _down.Hpack;
        var status = Http2Answer.ReadStatus(hpack.Find(":status"u8));
        if (status is >= 100 and < 200)
        {
            Forward(_down);
            return;
        }

        stream.ResponseStarted = true;
        stream.ResponseEnded = first.EndStream;
        _headers.Clear();
        hpack.CopyTo(_headers);
        if (stream.IsWebSocket && stream.Guard is not null)
        {
            _talks.BeginWebSocket(stream, status, _headers);
        }
        else if (stream is { Guard: { } guard, DownTalk: null } && !first.EndStream && !stream.IsHead)
        {
            stream.Filter = ResponseFilter.TryCreate(guard, status, _headers);
        }

        if (stream.Filter is { OnlyObserves: false })
        {
            stream.DownQueue.Allowed = stream.Filter.Reframes ? HeldQueue.All : 0;
        }

        var reframes = stream.Filter is { Reframes: true };
        stream.ResponseLengthDeclared = !reframes && !hpack.Find("content-length"u8).IsEmpty;
        Forward(_down, !reframes ? null : stream.Filter!.Decodes ? IsLengthOrCoding : IsLength);
        CloseIfOver(stream);
    }

    private void Trailers(Http2GateSide side, Http2GateStream stream)
    {
        var ends = side.Block.First.EndStream;
        if (side == _up)
        {
            stream.RequestEnded |= ends;
        }
        else
        {
            stream.ResponseEnded |= ends;
            if (stream.Filter is { } filter && ends && !_responses.End(stream, filter))
            {
                side.Hpack.Withhold();
                return;
            }
        }

        var queue = stream.Queue(side.Direction);
        if (ends && stream.Talk(side.Direction) is { } talk)
        {
            _talks.End(stream, side, talk);
        }

        if (queue.IsEmpty && !queue.Stopped && queue.Judged == 0)
        {
            Forward(side);
        }
        else
        {
            // They must follow DATA that waits, and other streams' blocks cannot wait: in words that change no table they can come later.
            side.Hpack.Withhold();
            var block = new ArrayBufferWriter<byte>();
            side.Hpack.WriteLiteral(block);
            side.Enqueue(stream, HeldFrame.Headers(block.WrittenSpan.ToArray(), ends));
            if (stream is { Holding: true, Judging: false } && side == _up && ends)
            {
                _requests.Judge(stream, whole: true);
            }

            side.Drain();
        }

        CloseIfOver(stream);
    }

    private void Data(Http2GateSide side, Http2GateStream stream, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> body, bool ends)
    {
        if (side == _up)
        {
            stream.RequestEnded |= ends;
        }
        else
        {
            stream.ResponseEnded |= ends;
        }

        if (stream.Talk(side.Direction) is { } talk)
        {
            _talks.Data(stream, side, talk, frame, body, ends);
        }
        else if (side == _down && stream.Filter is { } filter)
        {
            _responses.Data(stream, filter, frame, body, ends);
        }
        else
        {
            side.Put(stream, frame, ends);
            if (side == _up && stream is { Holding: true, Judging: false })
            {
                _requests.Grew(stream, ends);
            }
            else if (stream.UpQueue.Stopped)
            {
                side.Lend(stream);
            }
        }
    }

    private void Tick()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            var waiting = false;
            foreach (var stream in _open.Values.ToArray())
            {
                waiting |= Look(stream);
            }

            if (!waiting)
            {
                _timer.Stop();
            }

            _up.Drain();
            _down.Drain();
        }

        _flush();
    }

    /// <summary>Does what is due on a stream; true when it needs looking at again.</summary>
    private bool Look(Http2GateStream stream)
    {
        var quiet = _context.Time.GetElapsedTime(stream.Since);
        var options = _context.Options;
        if (stream is { Holding: true, Judging: false })
        {
            if (quiet >= options.HoldLimit)
            {
                _context.Counters.Add("gate.judged-early.time");
                _requests.Judge(stream, whole: false);
                return false;
            }

            return true;
        }

        if (stream.Filter is { OnlyObserves: false, Holds: true } filter)
        {
            if (quiet >= options.ReleaseAfter)
            {
                _responses.Release(stream, filter);
            }

            return IsOpen(stream) && filter.Holds;
        }

        return _talks.Look(stream);
    }
}
