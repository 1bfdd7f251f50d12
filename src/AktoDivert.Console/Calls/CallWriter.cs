using AktoDivert.Console.Notifications;

namespace AktoDivert.Console.Calls;

/// <summary>The one writer of calls.</summary>
internal sealed class CallWriter(
    IngestQueue<NewCall> queue, CallCommit commit, CallFeed feed, NotificationQueue notifications, ILogger<CallWriter> logger)
    : IngestWriter<NewCall>(queue, logger)
{
    protected override async Task StoreAsync(IReadOnlyList<NewCall> items, Action acknowledge)
    {
        // Not cancelled by the host's stop: what was accepted is committed, and its sender told so.
        var added = await commit.StoreAsync(items, CancellationToken.None);
        acknowledge();
        feed.Announce();
        notifications.Add(added.SelectMany(c => c.Violations));
    }
}
