using System.Runtime.CompilerServices;
using AktoDivert.Agent.Control;
using AktoDivert.Capture;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Hosting;

/// <summary>Calls from the capture's feed.</summary>
internal sealed class CallFeed(RecordFeed feed) : ICallFeed
{
    /// <inheritdoc />
    public async IAsyncEnumerable<IngestRecord> FollowAsync(bool recent, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = feed.Subscribe(recent: recent);
        await foreach (var record in subscription.Records.ReadAllAsync(cancellationToken))
        {
            yield return record;
        }
    }
}
