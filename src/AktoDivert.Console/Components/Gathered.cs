namespace AktoDivert.Console.Components;

/// <summary>
/// Runs a refresh for many requests at once: after a pause, one at a time, and once more if a request came while it ran. What a page shows
/// then costs the same however often what it shows changes.
/// </summary>
/// <param name="refresh">The refresh. It may end by cancellation or disposal when its page is gone; nothing else is expected of it.</param>
/// <param name="pause">Time in which requests are gathered.</param>
/// <param name="time">Clock of the pause.</param>
internal sealed class Gathered(Func<Task> refresh, TimeSpan pause, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private int _asked;

    /// <summary>Cancelled by <see cref="Dispose"/>.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>Asks for a refresh and returns at once.</summary>
    public void Ask()
    {
        if (Interlocked.Increment(ref _asked) == 1)
        {
            _ = RunAsync();
        }
    }

    /// <summary>No refresh starts from now on.</summary>
    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            int answered;
            do
            {
                await Task.Delay(pause, time, _ending.Token);
                answered = Volatile.Read(ref _asked);
                await refresh();
            }
            while (Interlocked.Add(ref _asked, -answered) > 0);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The person left the page in the meantime.
        }
    }
}
