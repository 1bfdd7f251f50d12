namespace AktoDivert.Proxy.Transport;

/// <summary>
/// Whose turn it is to use a TLS session: its reader's, or that of whoever ends it. <see cref="System.Net.Security.SslStream"/> guards reading and
/// writing against each other but not <c>ShutdownAsync</c>, which goes to the same OpenSSL object without a lock: beside a read it fails, loses
/// bytes, or damages memory.
/// </summary>
/// <remarks>The reader has the turn only while it computes, never while it waits for the network.</remarks>
internal sealed class SessionTurn
{
    private int _taken;
    private volatile TaskCompletionSource? _waiting;

    /// <summary>The reader's turn; waits while the session is being ended, which is a matter of microseconds.</summary>
    public void Enter()
    {
        for (var spin = default(SpinWait); !TryEnter();)
        {
            spin.SpinOnce();
        }
    }

    /// <summary>Ends a turn.</summary>
    public void Exit()
    {
        Interlocked.Exchange(ref _taken, 0);
        _waiting?.TrySetResult();
    }

    /// <summary>A turn for whoever ends the session: it never blocks.</summary>
    public async ValueTask EnterAsync()
    {
        while (true)
        {
            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting = waiting;
            if (TryEnter())
            {
                _waiting = null;
                return;
            }

            await waiting.Task;
        }
    }

    private bool TryEnter() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;
}
