using AktoDivert.Agent.Configuration;
using AktoDivert.Core.Policy;

namespace AktoDivert.Agent.Policy;

/// <summary>Changes of policy made by commands on this device.</summary>
internal sealed record LocalPolicy
{
    /// <summary>Nothing changed.</summary>
    public static LocalPolicy Empty { get; } = new();

    /// <summary>Proxy Patterns added.</summary>
    public IReadOnlyList<ProxyPattern> Patterns { get; init; } = [];

    /// <summary>Changes of the AI domains.</summary>
    public DomainChanges AiDomains { get; init; } = new();

    /// <summary>Changes of the chatty domains.</summary>
    public DomainChanges ChattyDomains { get; init; } = new();
}
