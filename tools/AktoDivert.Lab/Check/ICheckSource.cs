namespace AktoDivert.Lab.Check;

/// <summary>Where the check learns what agent and console saw.</summary>
internal interface ICheckSource
{
    /// <summary>The last flows the agent took, oldest first.</summary>
    Task<IReadOnlyList<SeenFlow>> FlowsAsync(CancellationToken cancellation);

    /// <summary>Calls recorded after <paramref name="after"/>, oldest first.</summary>
    Task<IReadOnlyList<SeenCall>> CallsAsync(long after, CancellationToken cancellation);

    /// <summary>Everything recorded about one call, as text.</summary>
    Task<string> ContentAsync(string id, CancellationToken cancellation);
}
