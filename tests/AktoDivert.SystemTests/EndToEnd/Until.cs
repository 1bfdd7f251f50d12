using System.Diagnostics;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>Waits for a condition.</summary>
internal static class Until
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns how long it took; fails the test with <paramref name="otherwise"/> at the limit.</summary>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> otherwise, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.IsLessThan(limit, Stopwatch.GetElapsedTime(started), otherwise());
            await Task.Delay(Interval, cancellation);
        }

        return Stopwatch.GetElapsedTime(started);
    }
}
