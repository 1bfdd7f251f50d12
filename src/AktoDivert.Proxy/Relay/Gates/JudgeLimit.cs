namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>
/// Cancels verdicts that take too long. A source that was not needed is wound up again for the next verdict of the connection. Thread-safe.
/// </summary>
/// <param name="limit">How long a verdict may take.</param>
/// <param name="time">Measures it.</param>
internal sealed class JudgeLimit(TimeSpan limit, TimeProvider time)
{
    private CancellationTokenSource? _idle;

    /// <summary>A source whose time runs from now; give it to <see cref="Return"/>.</summary>
    public CancellationTokenSource Start()
    {
        if (Interlocked.Exchange(ref _idle, null) is not { } source)
        {
            return new CancellationTokenSource(limit, time);
        }

        source.CancelAfter(limit);
        return source;
    }

    /// <summary>The verdict is there, or its time was up.</summary>
    public void Return(CancellationTokenSource source)
    {
        // Only sources of the system's clock can be reset.
        if (!source.TryReset() || Interlocked.CompareExchange(ref _idle, source, null) is not null)
        {
            source.Dispose();
        }
    }
}
