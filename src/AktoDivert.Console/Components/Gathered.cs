namespace AktoDivert.Console.Components;

/// <summary>
/// Runs a refresh for many requests at once: after a pause, one at a time, and once more if a request came while it ran. What a page shows
/// then costs the same however often what it shows changes. A refresh that fails is tried again until it works, at growing intervals.
/// </summary>
/// <param name="refresh">The refresh. It may end by cancellation or disposal when its page is gone.</param>
/// <param name="pause">Time in which requests are gathered.</param>
/// <param name="time">Clock of the pause.</param>
/// <param name="failed">Told of the first failure of several in a row.</param>
internal sealed class Gathered(Func<Task> refresh, TimeSpan pause, TimeProvider time, Action<Exception> failed) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

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
            var wait = pause;
            int answered;
            do
            {
                await Task.Delay(wait, time, _ending.Token);
                answered = Volatile.Read(ref _asked);
                (answered, wait) = await TryAsync(isFirst: wait == pause) ? (answered, pause) : (0, Longer(wait));
            }
            while (Interlocked.Add(ref _asked, -answered) > 0);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The person left the page in the meantime.
        }
    }

    // Whatever a refresh ends by, a database that is away or a fault of ours, the page has to go on following.
    private async Task<bool> TryAsync(bool isFirst)
    {
        try
        {
            await refresh();
            return true;
        }
        catch (Exception e) when (!_ending.IsCancellationRequested)
        {
            if (isFirst)
            {
                failed(e);
            }

            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan wait) => wait < LongestPause / 2 ? wait * 2 : LongestPause;
}
