namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>The requests that wait for their responses, in order. Thread-safe: one direction adds, the other takes.</summary>
internal sealed class Http1GateCalls : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Http1GateCall> _calls = new();
    private TaskCompletionSource? _idle;
    private bool _ended;

    /// <summary>The call whose response is awaited or being received; null when there is none.</summary>
    public Http1GateCall? First
    {
        get
        {
            lock (_lock)
            {
                return _calls.TryPeek(out var call) ? call : null;
            }
        }
    }

    public void Add(Http1GateCall call)
    {
        lock (_lock)
        {
            _calls.Enqueue(call);
        }
    }

    /// <summary>The first call's response is over.</summary>
    public void TakeFirst()
    {
        lock (_lock)
        {
            if (_calls.TryDequeue(out var call))
            {
                call.Guard?.Dispose();
            }

            SetIdle();
        }
    }

    /// <summary>No response will come any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            SetIdle();
        }
    }

    /// <summary>Completes when all responses are over.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
        {
            _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
            SetIdle();
            return _idle.Task;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var call in _calls)
            {
                call.Guard?.Dispose();
            }
        }
    }

    private void SetIdle()
    {
        if (_ended || _calls.Count == 0)
        {
            _idle?.TrySetResult();
        }
    }
}
