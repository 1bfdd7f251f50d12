using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Policy;

/// <summary>The console's settings as put together from everything it sent so far.</summary>
internal sealed record ConsoleSettings
{
    /// <summary>The last value of each member that the console sent; what it never sent is null.</summary>
    public AccountSettings Settings { get; init; } = new();

    /// <summary>Time of the newest learned override that was applied, epoch seconds: each is applied once.</summary>
    public long OverridesAppliedUnixSeconds { get; init; }

    /// <summary>Lays what just came over what is known: an absent member keeps its value.</summary>
    public ConsoleSettings With(AccountSettings arrived) => this with
    {
        Settings = new AccountSettings
        {
            SwitchProxyMode = arrived.SwitchProxyMode ?? Settings.SwitchProxyMode,
            ProxyMode = arrived.ProxyMode ?? Settings.ProxyMode,
            MatchingPatternsForProxy = arrived.MatchingPatternsForProxy ?? Settings.MatchingPatternsForProxy,
            AiDomains = arrived.AiDomains ?? Settings.AiDomains,
            ChattyDomains = arrived.ChattyDomains ?? Settings.ChattyDomains,
            Version = arrived.Version ?? Settings.Version,
            Scope = arrived.Scope ?? Settings.Scope,
            Guardrails = arrived.Guardrails ?? Settings.Guardrails,
            Apps = arrived.Apps ?? Settings.Apps,
        },
        OverridesAppliedUnixSeconds = Math.Max(
            OverridesAppliedUnixSeconds,
            arrived.LearnedOverrides is { Count: > 0 } overrides ? overrides.Max(o => o.AtUnixSeconds) : 0),
    };
}
