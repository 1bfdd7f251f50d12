using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Relay.WebSockets;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>
/// The gate of an HTTP/1.1 connection: holds each request until its verdict, passes responses through the guard, and follows an upgrade to
/// WebSocket. A request that is being judged holds back those behind it, and the app by back-pressure.
/// </summary>
internal sealed class Http1Gate : IConnectionGate
{
    private readonly GateContext _context;
    private readonly GateOutput _up;
    private readonly GateOutput _down;
    private readonly Http1GateCalls _calls = new();
    private readonly Http1RequestGate _requests;
    private readonly Http1ResponseGate _responses;
    private readonly GateTimer _timer;
    private readonly SemaphoreSlim _upTurn = new(1, 1);
    private readonly SemaphoreSlim _downTurn = new(1, 1);
    private volatile GatedWebSocket? _webSocket;
    private volatile bool _disposed;

    public Http1Gate(GateContext context, GateOutput up, GateOutput down)
    {
        (_context, _up, _down) = (context, up, down);
        _timer = new(context.Time, context.Options.ReleaseAfter, () => _ = TickAsync());
        _requests = new(context, up, down, _calls);
        _responses = new(context, down, _calls);
        _timer.Start();
    }

    /// <inheritdoc />
    public async ValueTask<bool> PassAsync(RelayDirection direction, ReadOnlyMemory<byte> bytes)
    {
        var turn = direction == RelayDirection.Up ? _upTurn : _downTurn;
        await turn.WaitAsync();
        try
        {
            var goesOn = direction == RelayDirection.Up ? await PassUpAsync(bytes) : await PassDownAsync(bytes);
            await FlushAsync(direction);
            return goesOn;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask EndAsync(RelayDirection direction)
    {
        if (direction == RelayDirection.Down)
        {
            await _downTurn.WaitAsync();
            try
            {
                if (_webSocket is { } webSocket)
                {
                    webSocket.End();
                }
                else
                {
                    _responses.End();
                }
            }
            finally
            {
                _downTurn.Release();
                _calls.End();
            }
        }

        await FlushAsync(direction);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
        _calls.Dispose();

        // What the timer still looks at is left to the collector: its buffers must not go back to the pool.
        if (_upTurn.Wait(0) && _downTurn.Wait(0))
        {
            _requests.Dispose();
            _responses.Dispose();
            _webSocket?.Dispose();
            _upTurn.Dispose();
            _downTurn.Dispose();
        }
    }

    private async ValueTask<bool> PassUpAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_webSocket is { } webSocket)
        {
            await webSocket.PassAsync(RelayDirection.Up, bytes);
            return true;
        }

        return await _requests.PassAsync(bytes);
    }

    private async ValueTask<bool> PassDownAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_webSocket is { } open)
        {
            await open.PassAsync(RelayDirection.Down, bytes);
            return true;
        }

        var goesOn = _responses.Pass(bytes.Span, out var rest);
        if (_responses.Upgraded is { } call)
        {
            await UpgradeAsync(call, bytes[^rest..]);
        }

        return goesOn;
    }

    // What follows the 101 in the same read, and what the app sent ahead of it, is already WebSocket.
    private async ValueTask UpgradeAsync(Http1GateCall call, ReadOnlyMemory<byte> rest)
    {
        var extensions = WebSocketExtensions.Read(_responses.Headers);
        _responses.Upgraded = null;
        if (call.Guard is not { } guard || extensions.HasUnknown)
        {
            call.Guard?.CannotRead(JudgedPart.AppMessage, "a WebSocket extension");
            _requests.PassAll();
            _responses.PassAll(rest.Span);
            return;
        }

        // The app may be sending: nothing of it may pass the gate in between.
        await _upTurn.WaitAsync();
        try
        {
            var webSocket = new GatedWebSocket(_context, guard, extensions, _up, _down);
            await webSocket.PassAsync(RelayDirection.Up, _requests.TakeHeld());
            _webSocket = webSocket;
        }
        finally
        {
            _upTurn.Release();
        }

        await _webSocket.PassAsync(RelayDirection.Down, rest);
        _ = Observed(_up.FlushAsync());
    }

    private async ValueTask FlushAsync(RelayDirection direction)
    {
        var (own, other) = direction == RelayDirection.Up ? (_up, _down) : (_down, _up);
        _ = Observed(other.FlushAsync());
        await own.FlushAsync();
    }

    private async Task TickAsync()
    {
        try
        {
            await TickAsync(RelayDirection.Up, _upTurn);
            await TickAsync(RelayDirection.Down, _downTurn);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The pump of the direction meets the same fault at its next byte.
            _context.Counters.Add("gate.tick-fault");
        }
    }

    private async ValueTask TickAsync(RelayDirection direction, SemaphoreSlim turn)
    {
        // A direction that is busy needs no timer.
        if (_disposed || !await turn.WaitAsync(0))
        {
            return;
        }

        try
        {
            if (_webSocket is { } webSocket)
            {
                await webSocket.LookAsync(direction);
            }
            else if (direction == RelayDirection.Up)
            {
                await _requests.LookAsync();
            }
            else
            {
                _responses.Look();
            }

            _ = Observed(_up.FlushAsync());
            _ = Observed(_down.FlushAsync());
        }
        finally
        {
            turn.Release();
        }
    }

    // A target that is gone is reported by the pump that writes to it.
    private static Task Observed(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = task.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        return task;
    }
}
