namespace AktoDivert.Core.Flows;

/// <summary>What a redirect engine is doing, in words a person can act on.</summary>
/// <param name="State">The state.</param>
/// <param name="Reason">Why, when not <see cref="RedirectorState.Active"/>; empty otherwise.</param>
/// <param name="Fix">What to do about it; empty when nothing needs doing.</param>
public sealed record RedirectorHealth(RedirectorState State, string Reason, string Fix)
{
    /// <summary>Redirecting.</summary>
    public static RedirectorHealth Active { get; } = new(RedirectorState.Active, "", "");

    /// <summary>Not started yet.</summary>
    public static RedirectorHealth Stopped { get; } = new(RedirectorState.Stopped, "not started", "");

    /// <summary>The engine cannot work on this machine as it is.</summary>
    public static RedirectorHealth Unavailable(string reason, string fix) => new(RedirectorState.Unavailable, reason, fix);
}
