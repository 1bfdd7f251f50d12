using AktoDivert.Agent.Control;
using AktoDivert.Capture;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Hosting;

/// <summary>Calls from the capture's feed.</summary>
internal sealed class CallFeed(RecordFeed feed) : ICallFeed
{
    /// <inheritdoc />
    public async IAsyncEnumerable<IngestRecord> FollowAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = feed.Subscribe();
        await foreach (var record in subscription.Records.ReadAllAsync(cancellationToken))
        {
            yield return record;
        }
    }
}
