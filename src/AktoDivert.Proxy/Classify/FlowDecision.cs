using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Proxy.Intercept.Certificates;

namespace AktoDivert.Proxy.Classify;

/// <summary>Decides a classified flow: by policy, and by what can be intercepted at all.</summary>
internal sealed class FlowDecision(PolicyProvider policy, ILeafCertificateSource leaves)
{
    /// <summary>Decides. Never intercepts what has no server name or none that the device CA covers: the app would refuse it.</summary>
    public PolicyDecision Decide(Flow flow, in Classification classification)
    {
        if (classification.ClientHello is not { } hello)
        {
            return Unsupported(classification.Explanation);
        }

        var decision = policy.Decide(new FlowFacts(flow.Process, hello.ServerName, flow.Destination));
        return decision.Intercepts && Interceptable.WhyNot(hello.ServerName, leaves.Covers) is { } obstacle
            ? Unsupported(obstacle, decision.Rule)
            : decision;
    }

    /// <summary>A passthrough that is not a matter of policy.</summary>
    public static PolicyDecision Unsupported(string reason, string rule = "") => new(InterceptAction.Passthrough, RuleSource.Unsupported, rule, reason);
}
