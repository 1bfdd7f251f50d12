using AktoDivert.Core.Flows;

namespace AktoDivert.Agent.Hosting;

/// <summary>Tells several observers of each flow.</summary>
internal sealed class FlowObservers(params IFlowObserver[] observers) : IFlowObserver
{
    /// <inheritdoc />
    public void Classified(Flow flow)
    {
        foreach (var observer in observers)
        {
            observer.Classified(flow);
        }
    }

    /// <inheritdoc />
    public void Ended(Flow flow)
    {
        foreach (var observer in observers)
        {
            observer.Ended(flow);
        }
    }
}
