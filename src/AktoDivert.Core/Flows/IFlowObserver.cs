namespace AktoDivert.Core.Flows;

/// <summary>
/// Sees the life of each flow, for live views and counters. Calls come on the traffic's threads: they must return at once and never block.
/// </summary>
public interface IFlowObserver
{
    /// <summary>The flow was classified and decided.</summary>
    void Classified(Flow flow);

    /// <summary>The flow ended; every property is final.</summary>
    void Ended(Flow flow);
}
