namespace AktoDivert.Core.Policy;

/// <summary>Holds the snapshot in force. Reading is one volatile load; publishing swaps the whole policy at once.</summary>
public sealed class PolicyProvider(PolicySnapshot initial, LearnedPassthroughTable learned)
{
    private PolicySnapshot _current = initial;

    /// <summary>The snapshot in force.</summary>
    public PolicySnapshot Current => Volatile.Read(ref _current);

    /// <summary>Passthroughs learned from apps that refused our certificate.</summary>
    public LearnedPassthroughTable Learned => learned;

    /// <summary>Raised after a snapshot was published, on the publisher's thread.</summary>
    public event Action<PolicySnapshot>? Published;

    /// <summary>Decides a flow by the snapshot in force.</summary>
    public PolicyDecision Decide(in FlowFacts facts) => Current.Decide(facts, learned);

    /// <summary>Puts <paramref name="snapshot"/> in force for every decision that starts from now on.</summary>
    public void Publish(PolicySnapshot snapshot)
    {
        Volatile.Write(ref _current, snapshot);
        Published?.Invoke(snapshot);
    }
}
