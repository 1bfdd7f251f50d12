using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>What every part of a connection's gate needs.</summary>
internal sealed record GateContext(
    IGuard Guard, Flow Flow, IConnectionTap Tap, GateOptions Options, AgentCounters Counters, TimeProvider Time)
{
    /// <summary>How long its verdicts may take.</summary>
    public JudgeLimit JudgeLimit { get; } = new(Options.JudgeLimit, Time);
}
