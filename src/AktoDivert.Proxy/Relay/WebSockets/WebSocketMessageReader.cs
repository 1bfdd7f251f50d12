using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>
/// Cuts one direction of a WebSocket into whole messages with the bytes that make them up, control frames between their fragments included.
/// </summary>
/// <remarks>
/// permessage-deflate may keep its window between messages (RFC 7692 section 7.1.1). A message that is changed or withheld is missing in the
/// receiver's window while the sender goes on to refer to it; so from then on every compressed message is sent on uncompressed, which changes
/// no window.
/// </remarks>
internal sealed class WebSocketMessageReader(bool fromApp, bool deflate, bool keepsContext, GateOptions options) : IMessageReader
{
    private readonly WebSocketFrameReader _frames = new();
    private readonly MessageInflater _inflater = new(keepsContext, options.MaxInflatedBytes);
    private readonly Queue<HeldMessage> _read = new();
    private readonly CapturedBody _payload = new() { Limit = options.MaxInflatedBytes };
    private int _opcode;
    private int _wireBytes;
    private int _number;
    private bool _compressed;
    private bool _passesRest;
    private bool _dropsRest;
    private bool _inflaterLost;
    private bool _windowLost;

    /// <inheritdoc />
    public bool IsBetweenMessages { get; private set; } = true;

    /// <inheritdoc />
    public void Append(ReadOnlySpan<byte> wire)
    {
        while (true)
        {
            var before = wire.Length;
            var token = _frames.Read(ref wire, out var payload);
            _wireBytes += before - wire.Length;
            switch (token)
            {
                case WebSocketToken.FrameStart:
                    Start(_frames.Frame);
                    break;
                case WebSocketToken.Payload when !_frames.Frame.IsControl:
                    Add(payload);
                    break;
                case WebSocketToken.FrameEnd:
                    End(_frames.Frame);
                    break;
                case WebSocketToken.Fault:
                    throw Broken();
                case WebSocketToken.NeedMore:
                    PassRest(ends: false);
                    return;
            }
        }
    }

    /// <inheritdoc />
    public bool TryRead(out HeldMessage next)
    {
        if (!_read.TryDequeue(out next))
        {
            return false;
        }

        // A blocked beginning takes its rest with it; the next message begins anew.
        next = next with { Drop = _dropsRest };
        IsBetweenMessages = next.EndsMessage;
        _dropsRest &= !IsBetweenMessages;
        return true;
    }

    /// <inheritdoc />
    public bool TryGiveUp(out HeldMessage next)
    {
        next = default;
        if (_opcode == 0 || _passesRest || _read.Count > 0)
        {
            return false;
        }

        GiveUp();
        return TryRead(out next);
    }

    /// <inheritdoc />
    public ReadOnlyMemory<byte> Replace(in HeldMessage message, ReadOnlySpan<byte> replacement)
    {
        _windowLost |= message.IsCompressed && keepsContext;
        return WebSocketFrames.Frame(Opcode(message), replacement, masked: fromApp);
    }

    /// <inheritdoc />
    public ReadOnlyMemory<byte>? Reframe(in HeldMessage message)
    {
        if (!_windowLost || !message.IsCompressed)
        {
            return null;
        }

        return message.Complete
            ? WebSocketFrames.Frame(Opcode(message), message.Payload.Span, masked: fromApp)
            : throw new GateException("websocket-window", "a WebSocket message refers to one that did not pass, and is too long to be sent anew");
    }

    /// <inheritdoc />
    public void Withhold()
    {
        _windowLost |= deflate && keepsContext;
        _dropsRest = !IsBetweenMessages;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _inflater.Dispose();
        _payload.Dispose();
    }

    private static int Opcode(in HeldMessage message) => message.IsText ? WebSocketFrameHeader.Text : WebSocketFrameHeader.Binary;

    private static GateException Broken() => new("websocket-frame", "a WebSocket frame breaks the framing rules");

    private void Start(WebSocketFrameHeader frame)
    {
        if (frame.IsControl)
        {
            return;
        }

        var begins = frame.Opcode != WebSocketFrameHeader.Continuation;
        var allowed = begins && deflate ? WebSocketFrameHeader.Compressed : 0;
        if (begins == (_opcode != 0) || (frame.Reserved & ~allowed) != 0)
        {
            throw Broken();
        }

        if (begins)
        {
            (_opcode, _compressed) = (frame.Opcode, frame.Reserved != 0);
            _payload.Clear();
            _number++;
        }
    }

    private void Add(ReadOnlySpan<byte> payload)
    {
        if (!_compressed)
        {
            _payload.Append(_passesRest ? default : payload);
        }
        else if (!_inflaterLost)
        {
            _inflaterLost = _inflater.Append(payload, _payload) is not null;
        }

        if (!_passesRest && (_wireBytes > options.MaxHeldBytes || _payload.IsTruncated))
        {
            GiveUp();
        }
    }

    private void End(WebSocketFrameHeader frame)
    {
        if (frame.IsControl)
        {
            if (_opcode == 0)
            {
                Enqueue(new(_wireBytes) { EndsMessage = true });
            }

            return;
        }

        if (!frame.Final)
        {
            return;
        }

        if (_compressed && !_inflaterLost)
        {
            _inflaterLost = _inflater.EndMessage(_payload) is not null;
        }

        if (_passesRest)
        {
            PassRest(ends: true);
        }
        else
        {
            Enqueue(Message(complete: true));
        }

        (_opcode, _passesRest) = (0, false);
    }

    private void GiveUp()
    {
        Enqueue(Message(complete: false));
        _passesRest = true;
    }

    private HeldMessage Message(bool complete) => new(_wireBytes)
    {
        Judge = true,
        Payload = _payload.Kept.ToArray(),
        IsText = _opcode == WebSocketFrameHeader.Text,
        IsCompressed = _compressed,
        Complete = complete && !_payload.IsTruncated && !(_compressed && _inflaterLost),
        EndsMessage = complete,
        Number = _number,
    };

    private void PassRest(bool ends)
    {
        if (_passesRest && (_wireBytes > 0 || ends))
        {
            Enqueue(new(_wireBytes) { EndsMessage = ends });
        }
    }

    private void Enqueue(HeldMessage message)
    {
        _read.Enqueue(message);
        _wireBytes = 0;
    }
}
