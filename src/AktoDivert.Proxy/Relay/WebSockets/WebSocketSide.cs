using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>One direction of a WebSocket: joins the frames of its messages.</summary>
internal sealed class WebSocketSide(bool fromApp, bool deflate, bool keepsContext, ExchangeRecorder recorder) : IDisposable
{
    private readonly WebSocketFrameReader _frames = new();
    private readonly WebSocketMessage _message = new() { FromApp = fromApp };
    private MessageInflater? _inflater;
    private bool _compressed;
    private int _number;

    /// <summary>Whether a message is being received, or was just completed and not moved yet.</summary>
    public bool HasMessage { get; private set; }

    /// <summary>When its first frame was seen.</summary>
    public Moment MessageStarted { get; private set; }

    /// <summary>Whether a Close frame passed (RFC 6455 section 5.5.1).</summary>
    public bool Closed { get; private set; }

    /// <summary>
    /// Takes input up to the end of a message; <paramref name="completed"/> tells whether there was one, which stays until
    /// <see cref="MoveMessage"/>.
    /// </summary>
    public OpaqueCause? Read(ref ReadOnlySpan<byte> input, out bool completed)
    {
        completed = false;
        while (true)
        {
            OpaqueCause? cause = null;
            switch (_frames.Read(ref input, out var payload))
            {
                case WebSocketToken.FrameStart:
                    cause = StartFrame(_frames.Frame);
                    break;
                case WebSocketToken.Payload when !_frames.Frame.IsControl:
                    cause = AddPayload(payload);
                    break;
                case WebSocketToken.FrameEnd when _frames.Frame is { IsControl: false, Final: true }:
                    completed = true;
                    return _compressed ? Inflater.EndMessage(_message.Payload) : null;
                case WebSocketToken.Fault:
                    return OpaqueCause.WebSocketFrame;
                case WebSocketToken.NeedMore:
                    return null;
            }

            if (cause is not null)
            {
                return cause;
            }
        }
    }

    /// <summary>The message now belongs to an exchange.</summary>
    public WebSocketMessage MoveMessage(Exchange exchange)
    {
        var message = exchange.AddMessage();
        message.TakeFrom(_message);
        HasMessage = false;
        return message;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _inflater?.Dispose();
        _message.Payload.Dispose();
    }

    private MessageInflater Inflater => _inflater ??= new MessageInflater(keepsContext, recorder.Limits.InflatedMessageBytes);

    private OpaqueCause? StartFrame(WebSocketFrameHeader frame)
    {
        if (frame.IsControl)
        {
            Closed |= frame.Opcode == WebSocketFrameHeader.Close;
            return null;
        }

        var begins = frame.Opcode != WebSocketFrameHeader.Continuation;
        var allowed = begins && deflate ? WebSocketFrameHeader.Compressed : 0;
        if (begins == HasMessage || (frame.Reserved & ~allowed) != 0)
        {
            return OpaqueCause.WebSocketFrame;
        }

        if (begins)
        {
            _compressed = frame.Reserved != 0;
            MessageStarted = recorder.Moment;
            HasMessage = true;
            (_message.IsText, _message.Time, _message.Number) = (frame.Opcode == WebSocketFrameHeader.Text, MessageStarted.Time, ++_number);
            _message.Payload.Limit = recorder.Limits.WebSocketMessageBytes;
        }

        return null;
    }

    private OpaqueCause? AddPayload(ReadOnlySpan<byte> payload)
    {
        if (_compressed)
        {
            return Inflater.Append(payload, _message.Payload);
        }

        _message.Payload.Append(payload);
        return null;
    }
}
