using AktoDivert.Console.Calls;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Traffic;

/// <summary>The one writer of flows.</summary>
internal sealed class FlowWriter(IngestQueue<FlowRow> queue, FlowCommit commit, FlowFeed feed, ILogger<FlowWriter> logger) : IngestWriter<FlowRow>(queue, logger)
{
    protected override async Task StoreAsync(IReadOnlyList<FlowRow> items, Action acknowledge)
    {
        await commit.StoreAsync(items, CancellationToken.None);
        acknowledge();
        feed.Announce();
    }
}
