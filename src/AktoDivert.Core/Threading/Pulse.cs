using System.Threading.Tasks.Sources;

namespace AktoDivert.Core.Threading;

/// <summary>
/// Wakes one who waits. A pulse that finds nobody waiting is kept for the next wait, one however many came. Waiting makes no garbage. Thread-safe,
/// but one waits at a time.
/// </summary>
public sealed class Pulse : IValueTaskSource<bool>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Timer _timer;
    private ManualResetValueTaskSourceCore<bool> _waiter = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private long _due;
    private bool _isWaiting;
    private bool _isKept;

    /// <summary>Makes one that nothing came to yet.</summary>
    public Pulse() => _timer = new Timer(static pulse => ((Pulse)pulse!).Expire(), this, Timeout.Infinite, Timeout.Infinite);

    /// <summary>Wakes who waits, on the thread pool, or whoever waits next.</summary>
    public void Set()
    {
        lock (_gate)
        {
            if (_isWaiting)
            {
                _isWaiting = false;
                _waiter.SetResult(true);
            }
            else
            {
                _isKept = true;
            }
        }
    }

    /// <summary>Waits for a pulse, or takes the one that was kept. To be awaited once.</summary>
    /// <param name="timeout">Of real time; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <returns>False when the time was up first.</returns>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    public ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        ValueTask<bool> waiting;
        lock (_gate)
        {
            if (_isWaiting)
            {
                throw new InvalidOperationException("Two wait for one pulse.");
            }

            if (_isKept || timeout == TimeSpan.Zero)
            {
                var kept = _isKept;
                _isKept = false;
                return new(kept);
            }

            _isWaiting = true;
            waiting = new(this, _waiter.Version);
            var isLimited = timeout != Timeout.InfiniteTimeSpan;
            _due = isLimited ? Environment.TickCount64 + (long)timeout.TotalMilliseconds : long.MaxValue;
            if (isLimited)
            {
                _timer.Change(timeout, Timeout.InfiniteTimeSpan);
            }
        }

        if (cancellationToken.CanBeCanceled)
        {
            // Who waits gets to GetResult only after this returned.
            _cancellation = cancellationToken.UnsafeRegister(static (pulse, token) => ((Pulse)pulse!).Cancel(token), this);
        }

        return waiting;
    }

    /// <inheritdoc />
    public void Dispose() => _timer.Dispose();

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        try
        {
            return _waiter.GetResult(token);
        }
        finally
        {
            _waiter.Reset();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private void Expire()
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                return;
            }

            // A wait before this one may have set the timer, and the clocks may differ by a moment.
            var left = _due - Environment.TickCount64;
            if (left <= 0)
            {
                _isWaiting = false;
                _waiter.SetResult(false);
            }
            else if (_due != long.MaxValue)
            {
                _timer.Change(TimeSpan.FromMilliseconds(left), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (_isWaiting)
            {
                _isWaiting = false;
                _waiter.SetException(new OperationCanceledException(token));
            }
        }
    }
}
