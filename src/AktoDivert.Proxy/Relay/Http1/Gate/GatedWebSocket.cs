using System.Buffers;
using AktoDivert.Core.Guarding;
using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Relay.WebSockets;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>A WebSocket over an HTTP/1.1 connection: each message waits for its own verdict. Each direction is called by one thread at a time.</summary>
internal sealed class GatedWebSocket : IDisposable
{
    private readonly GateContext _context;
    private readonly GuardedExchange _guard;
    private readonly Half _app;
    private readonly Half _server;
    private readonly Lock _downLock = new();
    private readonly List<ReadOnlyMemory<byte>> _notices = [];
    private volatile bool _closed;

    public GatedWebSocket(GateContext context, GuardedExchange guard, WebSocketExtensions extensions, GateOutput up, GateOutput down)
    {
        (_context, _guard) = (context, guard);
        _app = new(new WebSocketMessageReader(true, extensions.Deflate, !extensions.AppKeepsNoContext, context.Options), up);
        _server = new(new WebSocketMessageReader(false, extensions.Deflate, !extensions.ServerKeepsNoContext, context.Options), down);
    }

    /// <summary>Takes bytes of a direction; writes what passes.</summary>
    public async ValueTask PassAsync(RelayDirection direction, ReadOnlyMemory<byte> bytes)
    {
        if (_closed)
        {
            return;
        }

        var half = direction == RelayDirection.Up ? _app : _server;
        half.Append(bytes.Span, _context.Time.GetTimestamp());
        while (!_closed && half.Reader.TryRead(out var message))
        {
            await TakeAsync(half, message);
        }
    }

    /// <summary>The server ended: what waits for its next message passes.</summary>
    public void End()
    {
        if (!_closed && !_server.Held.IsEmpty)
        {
            Release();
        }
    }

    /// <summary>Gives a verdict on the beginning of a message that does not end, and lets pass what waited for the next one long enough.</summary>
    public async ValueTask LookAsync(RelayDirection direction)
    {
        var half = direction == RelayDirection.Up ? _app : _server;
        if (!_closed && half.Waiting > 0 && _context.Time.GetElapsedTime(half.Since) >= _context.Options.HoldLimit
            && half.Reader.TryGiveUp(out var message))
        {
            _context.Counters.Add("gate.judged-early.time");
            await TakeAsync(half, message);
        }

        if (!_closed && !half.Held.IsEmpty && _context.Time.GetElapsedTime(half.Since) >= _context.Options.ReleaseAfter)
        {
            Release();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _app.Reader.Dispose();
        _server.Reader.Dispose();
    }

    private async ValueTask TakeAsync(Half half, HeldMessage message)
    {
        var decision = message.Judge ? await _guard.JudgeMessageAsync(half == _app, message) : GuardDecision.Allow;
        lock (_downLock)
        {
            if (message.Judge)
            {
                half.Held.Carry(message, decision);
            }
            else
            {
                half.Held.PassUnjudged(message);
            }

            WriteNotices();
        }

        if (decision.Blocks)
        {
            Notify(decision.Answer);
        }

        if (half.Held.WireBytes > _context.Options.MaxHeldBytes)
        {
            Release();
        }
    }

    private void Release()
    {
        var decision = _guard.ReleaseMessages();
        lock (_downLock)
        {
            _server.Held.Release(decision);
            WriteNotices();
        }

        if (decision.Blocks)
        {
            Notify(decision.Answer);
        }
    }

    private void Notify(BlockAnswer? answer)
    {
        _context.Counters.Add("gate.blocked");
        lock (_downLock)
        {
            if (answer?.Message is { } text)
            {
                _notices.Add(WebSocketFrames.Text(text.Span));
            }

            if (answer?.CloseCode is { } code)
            {
                _notices.Add(WebSocketFrames.Close(code, answer.CloseReason, masked: false));
                _app.Output.Write(WebSocketFrames.Close(code, answer.CloseReason, masked: true).Span);
            }

            WriteNotices();
            _closed |= answer?.CloseCode is not null;
        }
    }

    // Between messages only: frames of another message must not stand between the fragments of one (RFC 6455 section 5.4).
    private void WriteNotices()
    {
        if (_notices.Count == 0 || _server.IsMidMessage || _closed)
        {
            return;
        }

        foreach (var notice in _notices)
        {
            _server.Output.Write(notice.Span);
        }

        _notices.Clear();
    }

    /// <summary>One direction.</summary>
    private sealed class Half
    {
        private ArrayBufferWriter<byte> _wire = new();

        public Half(IMessageReader reader, GateOutput output)
        {
            (Reader, Output) = (reader, output);
            Held = new HeldMessages(reader, (message, instead) => Pass(message, instead));
        }

        public IMessageReader Reader { get; }

        public GateOutput Output { get; }

        public HeldMessages Held { get; }

        public int Waiting => _wire.WrittenCount;

        public long Since { get; private set; }

        /// <summary>Whether the last bytes that passed did not end a message.</summary>
        public bool IsMidMessage { get; private set; }

        public void Append(ReadOnlySpan<byte> bytes, long now)
        {
            _wire.Write(bytes);
            Since = now;
            Reader.Append(bytes);
        }

        private void Pass(in HeldMessage message, ReadOnlyMemory<byte>? instead)
        {
            var wire = _wire.WrittenSpan;
            Output.Write(instead is { } bytes ? bytes.Span : wire[..message.WireBytes]);
            IsMidMessage = !message.EndsMessage && instead is null;
            var rest = wire[message.WireBytes..];
            if (rest.IsEmpty && _wire.Capacity <= 256 * 1024)
            {
                _wire.ResetWrittenCount();
                return;
            }

            var next = new ArrayBufferWriter<byte>(Math.Max(256, rest.Length));
            next.Write(rest);
            _wire = next;
        }
    }
}
