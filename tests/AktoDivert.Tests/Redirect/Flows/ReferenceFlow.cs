using AktoDivert.Redirect.Flows;

namespace AktoDivert.Tests.Redirect.Flows;

/// <summary>A flow of the <see cref="ReferenceFlowTable"/>.</summary>
internal sealed class ReferenceFlow
{
    internal required FlowKey Key { get; init; }

    internal required uint InitialSequence { get; init; }

    internal required long SynTime { get; init; }

    internal FlowState State { get; set; }

    internal long Since { get; set; }

    internal long LastSeen { get; set; }

    internal long SocketClosed { get; set; }

    internal long Order { get; set; }

    internal bool Asked { get; set; }

    internal bool FinFromApp { get; set; }

    internal bool FinFromProxy { get; set; }

    internal bool IsReflected => State is FlowState.Redirect or FlowState.Closing or FlowState.Dead;

    internal FlowAction Action => State switch
    {
        FlowState.Pending => FlowAction.Hold,
        FlowState.Bypass => FlowAction.Pass,
        _ => FlowAction.Reflect,
    };
}
