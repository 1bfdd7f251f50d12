namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>A timer that runs only while something is held. <see cref="Start"/> and <see cref="Stop"/> are called under the gate's lock.</summary>
internal sealed class GateTimer : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    private readonly ITimer _timer;
    private readonly TimeSpan _period;
    private bool _runs;

    /// <param name="time">The clock.</param>
    /// <param name="precision">The shortest time measured; it is looked at some times as often.</param>
    /// <param name="tick">Called while it runs.</param>
    public GateTimer(TimeProvider time, TimeSpan precision, Action tick)
    {
        _period = precision / 4 > Shortest ? precision / 4 : Shortest;
        _timer = time.CreateTimer(static state => ((Action)state!)(), tick, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start()
    {
        if (!_runs)
        {
            _runs = true;
            _timer.Change(_period, _period);
        }
    }

    public void Stop()
    {
        _runs = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public void Dispose() => _timer.Dispose();
}
