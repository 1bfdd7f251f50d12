using System.Threading.Channels;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Notifications;

/// <summary>Between the writer of calls and the announcements: storing never waits for a mail server. When it is full the oldest go, counted.</summary>
internal sealed class NotificationQueue
{
    private const int Most = 10_000;

    private readonly Channel<ViolationRow> _violations;
    private long _dropped;

    public NotificationQueue() => _violations = Channel.CreateBounded<ViolationRow>(
        new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref _dropped));

    /// <summary>Violations to be announced.</summary>
    public ChannelReader<ViolationRow> Reader => _violations.Reader;

    /// <summary>How many were dropped because announcing could not keep up.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Hands violations over and returns at once.</summary>
    public void Add(IEnumerable<ViolationRow> violations)
    {
        foreach (var violation in violations)
        {
            _violations.Writer.TryWrite(violation);
        }
    }
}
