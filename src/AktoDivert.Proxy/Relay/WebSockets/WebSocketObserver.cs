using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>
/// Observes one WebSocket, whatever carries it (an HTTP/1.1 upgrade or an HTTP/2 stream), and cuts it into turns: messages of the app, then
/// those of the server, until the app speaks again. Each turn is one exchange with the head of the handshake.
/// </summary>
internal sealed class WebSocketObserver : IDisposable
{
    private const int MaxTurnMessages = 64;
    private const long MaxTurnBytes = 4 * 1024 * 1024;

    private readonly ExchangeRecorder _recorder;
    private readonly Exchange _handshake;
    private readonly WebSocketSide _app;
    private readonly WebSocketSide _server;
    private readonly bool _unknownExtension;
    private Exchange? _turn;
    private int _turns;
    private long _turnBytes;
    private bool _serverSpoke;

    private WebSocketObserver(ExchangeRecorder recorder, Exchange handshake)
    {
        _recorder = recorder;
        _handshake = recorder.Begin(ExchangeProtocol.WebSocket, handshake.StreamId, default);
        CopyHandshake(handshake, _handshake);
        var extensions = WebSocketExtensions.Read(handshake.ResponseHeaders);
        _unknownExtension = extensions.HasUnknown;
        _app = new WebSocketSide(true, extensions.Deflate, !extensions.AppKeepsNoContext, recorder);
        _server = new WebSocketSide(false, extensions.Deflate, !extensions.ServerKeepsNoContext, recorder);
    }

    /// <summary>The turn that is open; null between turns.</summary>
    public Exchange? CurrentTurn => _turn;

    /// <summary>Begins behind a handshake whose heads are in <paramref name="handshake"/>; they are copied.</summary>
    public static WebSocketObserver Begin(ExchangeRecorder recorder, Exchange handshake) => new(recorder, handshake);

    /// <summary>Bytes passed; returns the cause when the WebSocket cannot be followed further. <see cref="Finish"/> is then due.</summary>
    public OpaqueCause? Feed(RelayDirection direction, ReadOnlySpan<byte> bytes)
    {
        if (_unknownExtension)
        {
            return OpaqueCause.WebSocketExtension;
        }

        var side = direction == RelayDirection.Up ? _app : _server;
        while (!bytes.IsEmpty)
        {
            if (side.Read(ref bytes, out var completed) is { } cause)
            {
                return cause;
            }

            if (completed)
            {
                AddMessage(side);
            }
        }

        return null;
    }

    /// <summary>The WebSocket is over: completes the turn that is open, with what there is of unfinished messages.</summary>
    public void Finish(ExchangeEnd end, string? incomplete)
    {
        if (_app.Closed || _server.Closed)
        {
            end = end is ExchangeEnd.ObservationStopped ? end : ExchangeEnd.Complete;
        }

        foreach (var side in (ReadOnlySpan<WebSocketSide>)[_app, _server])
        {
            if (side.HasMessage)
            {
                incomplete ??= "the connection ended inside a message";
                side.MoveMessage(Turn(side));
            }
        }

        CompleteTurn(end, incomplete);
        _handshake.Release();
        Dispose();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _app.Dispose();
        _server.Dispose();
    }

    private static void CopyHandshake(Exchange from, Exchange to)
    {
        to.StatusCode = from.StatusCode;
        to.RequestHeaders.CopyFrom(from.RequestHeaders);
        to.ResponseHeaders.CopyFrom(from.ResponseHeaders);
    }

    private void AddMessage(WebSocketSide side)
    {
        if (side == _app && _serverSpoke)
        {
            CompleteTurn(ExchangeEnd.Complete, null);
        }

        var isFirstOfSide = _turn is null || (side == _server && !_serverSpoke);
        var turn = Turn(side);
        if (isFirstOfSide)
        {
            _recorder.Forwards.HoldForCurrentRead(turn);
        }

        var message = side.MoveMessage(turn);
        _turnBytes += message.Payload.TotalBytes;
        if (side == _app)
        {
            turn.RequestEndTimestamp = _recorder.Timestamp;
        }
        else if (!_serverSpoke)
        {
            _serverSpoke = true;
            turn.FirstByteTimestamp = side.MessageStarted.Timestamp;
        }

        if (turn.Messages.Count >= MaxTurnMessages || _turnBytes >= MaxTurnBytes)
        {
            CompleteTurn(ExchangeEnd.Complete, null);
        }
    }

    private Exchange Turn(WebSocketSide beganBy)
    {
        if (_turn is null)
        {
            _turn = _recorder.Begin(ExchangeProtocol.WebSocket, _handshake.StreamId, beganBy.MessageStarted);
            _turn.WebSocketTurn = ++_turns;
            CopyHandshake(_handshake, _turn);
        }

        return _turn;
    }

    private void CompleteTurn(ExchangeEnd end, string? incomplete)
    {
        if (_turn is { } turn)
        {
            (_turn, _turnBytes, _serverSpoke) = (null, 0, false);
            var cut = turn.Messages.Exists(static m => m.Payload.IsTruncated) ? "a message was cut at the capture limit" : null;
            _recorder.Complete(turn, end, incomplete ?? cut);
        }
    }
}
