using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Control;

/// <summary>Calls as they are recorded.</summary>
internal interface ICallFeed
{
    /// <summary>Every call from now on, until cancelled; a slow reader loses the oldest.</summary>
    IAsyncEnumerable<IngestRecord> FollowAsync(CancellationToken cancellationToken);
}
