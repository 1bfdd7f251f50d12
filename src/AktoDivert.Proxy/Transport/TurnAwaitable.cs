using System.Runtime.CompilerServices;
using AktoDivert.Proxy.Transport.Linux;

namespace AktoDivert.Proxy.Transport;

/// <summary>
/// Awaited, it goes on behind the others: in the event loop's own thread where that is where it was, since every byte that comes meanwhile would wake
/// that thread for nothing if the caller went on in another; elsewhere on the thread pool.
/// </summary>
/// <param name="loop">The loop; null for none.</param>
internal readonly struct TurnAwaitable(EventLoop? loop) : ICriticalNotifyCompletion
{
    /// <summary>Never: there is always a turn of others.</summary>
    public bool IsCompleted => false;

    /// <summary>What is awaited.</summary>
    public TurnAwaitable GetAwaiter() => this;

    /// <summary>Nothing.</summary>
    public void GetResult()
    {
    }

    /// <inheritdoc />
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc />
    public void UnsafeOnCompleted(Action continuation)
    {
        if (loop is null || !loop.TryRunLater(continuation))
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => state(), continuation, preferLocal: false);
        }
    }
}
