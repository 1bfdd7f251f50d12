namespace AktoDivert.Capture.Upload;

/// <summary>
/// Exponential pauses with jitter: each is drawn from the upper half of a range that doubles, so that devices which lost the console
/// together do not come back together.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan most, Random random)
{
    private int _failures;

    /// <summary>The pause after one more failure; not shorter than what the server asked for.</summary>
    public TimeSpan Next(TimeSpan? asked = null)
    {
        var range = Math.Min(most.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 30)));
        var pause = TimeSpan.FromMilliseconds(range / 2 * (1 + random.NextDouble()));
        return asked > pause ? asked.Value : pause;
    }

    /// <summary>Starts over after a success.</summary>
    public void Reset() => _failures = 0;
}
