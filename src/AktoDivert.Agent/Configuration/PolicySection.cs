using AktoDivert.Core.Policy;

namespace AktoDivert.Agent.Configuration;

/// <summary><c>policy</c>: the device's own rules, below those of its commands and of the console.</summary>
internal sealed record PolicySection
{
    /// <summary>Proxy Patterns.</summary>
    public IReadOnlyList<ProxyPattern> Patterns { get; init; } = [];

    /// <summary>Changes of the AI domains.</summary>
    public DomainChanges AiDomains { get; init; } = new();

    /// <summary>Changes of the chatty domains.</summary>
    public DomainChanges ChattyDomains { get; init; } = new();
}

/// <summary>Domains added to a list and taken off it.</summary>
internal sealed record DomainChanges
{
    /// <summary>Added.</summary>
    public IReadOnlyList<string> Add { get; init; } = [];

    /// <summary>Taken off the shipped list.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];
}
