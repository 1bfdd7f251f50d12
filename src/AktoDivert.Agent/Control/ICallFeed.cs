using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Control;

/// <summary>Calls as they are recorded.</summary>
internal interface ICallFeed
{
    /// <summary>Every call from now on, until cancelled; a slow reader loses the oldest.</summary>
    /// <param name="recent">Whether calls of the last minutes come first that nobody has read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<IngestRecord> FollowAsync(bool recent, CancellationToken cancellationToken);
}
