namespace AktoDivert.Capture.Fleet;

/// <summary>
/// Gives each step of a long exchange the same time limit; a step that takes longer throws <see cref="TimeoutException"/>.
/// </summary>
internal sealed class Watchdog(TimeSpan limit, TimeProvider time, CancellationToken outer) : IDisposable
{
    private readonly CancellationTokenSource _late = CancellationTokenSource.CreateLinkedTokenSource(outer);

    public async Task<T> Guard<T>(Func<CancellationToken, Task<T>> step)
    {
        using var timer = time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), _late, limit, Timeout.InfiniteTimeSpan);
        try
        {
            return await step(_late.Token);
        }
        catch (OperationCanceledException) when (!outer.IsCancellationRequested)
        {
            throw new TimeoutException($"The console sent nothing for {limit.TotalSeconds:0} seconds.");
        }
    }

    public void Dispose() => _late.Dispose();
}
