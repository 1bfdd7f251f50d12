using System.Net;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>
/// One decision by SNI that an AI domain catches, which is the longest way through the order. Its time must not grow with the patterns: a
/// third hosts, a third domains, a third globs.
/// </summary>
internal abstract class PolicyDecisionPath : HotPath
{
    private readonly LearnedPassthroughTable _learned = new(TimeProvider.System);
    private readonly FlowFacts _facts =
        new(new ProcessIdentity { Pid = 1, Name = "claude" }, "api.anthropic.com", new IPEndPoint(IPAddress.Loopback, 443));

    private readonly PolicySnapshot _snapshot;

    private PolicyDecisionPath(int patterns) => _snapshot = PolicySnapshot.Compile(
        new PolicySettings { Patterns = [.. Enumerable.Range(0, patterns).Select(Pattern)], AiDomains = DefaultDomains.Ai, ChattyDomains = DefaultDomains.Chatty },
        out _);

    /// <inheritdoc />
    public override void Run()
    {
        if (!_snapshot.Decide(_facts, _learned).Intercepts)
        {
            throw new InvalidOperationException("an AI domain was not intercepted");
        }
    }

    private static ProxyPattern Pattern(int i) => new()
    {
        Pattern = (i % 3) switch { 0 => $"h{i}.example", 1 => $".d{i}.example", _ => $"*.g{i}.*" },
        Intercept = true,
    };

    /// <summary>Among one pattern.</summary>
    internal sealed class AmongOne() : PolicyDecisionPath(1)
    {
        /// <inheritdoc />
        public override string Name => "policy-decision-1";
    }

    /// <summary>Among ten thousand.</summary>
    internal sealed class AmongMany() : PolicyDecisionPath(10_000)
    {
        /// <inheritdoc />
        public override string Name => "policy-decision-10000";
    }
}
