using System.Threading.Tasks.Sources;

namespace AktoDivert.Proxy.Transport.Linux;

/// <summary>
/// Whether one direction of a socket may be worth trying. The event loop sets it at each edge that epoll reports (epoll(7)); who uses the socket
/// takes it before a try, so that an edge that comes meanwhile is not missed, and waits for the next when the system had nothing. Only one waits
/// at a time, and goes on in the thread that sets it.
/// </summary>
internal sealed class Readiness : IValueTaskSource<int>, IThreadPoolWorkItem
{
    private const int Clear = 0;
    private const int Ready = 1;
    private const int Waiting = 2;
    private const int Closed = 3;

    private ManualResetValueTaskSourceCore<int> _waiter;
    private CancellationTokenRegistration _cancellation;
    private int _state;
    private volatile bool _isLasting;

    /// <summary>Takes the readiness. Also true once the socket is closed: trying it tells.</summary>
    public bool TryTake() =>
        Interlocked.CompareExchange(ref _state, Clear, Ready) is Ready or Closed || _isLasting;

    /// <summary>Completes with 0 when ready; takes nothing.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="InvalidOperationException">Somebody else waits.</exception>
    public ValueTask<int> WaitAsync(CancellationToken cancellationToken)
    {
        if (_isLasting)
        {
            return new(0);
        }

        var waiting = new ValueTask<int>(this, _waiter.Version);
        switch (Interlocked.CompareExchange(ref _state, Waiting, Clear))
        {
            case Ready:
                return new(0);
            case Closed:
                throw IsClosed();
            case Waiting:
                throw new InvalidOperationException("Two operations wait for one direction of a socket.");
        }

        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(static (readiness, token) => ((Readiness)readiness!).Cancel(token), this);
        }

        return waiting;
    }

    /// <summary>There may be something to try.</summary>
    /// <param name="lasts">There always will be: the stream's end has come, and every try tells.</param>
    public void Set(bool lasts = false)
    {
        if (lasts)
        {
            _isLasting = true;
        }

        while (true)
        {
            var before = Volatile.Read(ref _state);
            if (before is Ready or Closed)
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _state, Ready, before) == before)
            {
                if (before == Waiting)
                {
                    _waiter.SetResult(0);
                }

                return;
            }
        }
    }

    /// <summary>The socket is closed: who waits is told, on the thread pool, for this thread may hold what that one needs.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _state, Closed) == Waiting)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => _waiter.SetException(IsClosed());

    int IValueTaskSource<int>.GetResult(short token)
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

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private static ObjectDisposedException IsClosed() => new(nameof(PolledSocket));

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _state, Clear, Waiting) == Waiting)
        {
            _waiter.SetException(new OperationCanceledException(token));
        }
    }
}
