using AktoDivert.Core.Processes;

namespace AktoDivert.Core.Policy;

/// <summary>Everything an administrator sets, as plain data: what a <see cref="PolicySnapshot"/> is compiled from.</summary>
public sealed record PolicySettings
{
    /// <summary>Grows with every change on the console; 0 for the built-in defaults.</summary>
    public long Version { get; init; }

    /// <summary>Which processes are redirected at all.</summary>
    public RedirectScope Scope { get; init; } = RedirectScope.AllowList;

    /// <summary>Every app known, redirected or not: for the hosts that never work intercepted, and for certificate constraints.</summary>
    public IReadOnlyList<CatalogueApp> Apps { get; init; } = AppCatalogue.Shipped.Apps;

    /// <summary>How much is intercepted.</summary>
    public ProxyMode Mode { get; init; }

    /// <summary>Proxy Patterns.</summary>
    public IReadOnlyList<ProxyPattern> Patterns { get; init; } = [];

    /// <summary>AI domains: <c>openai.com</c> means the domain and every subdomain.</summary>
    public IReadOnlyList<string> AiDomains { get; init; } = [];

    /// <summary>Chatty domains, same grammar.</summary>
    public IReadOnlyList<string> ChattyDomains { get; init; } = [];

    /// <summary>Host names that are never intercepted because the agent itself talks to them (console, upload).</summary>
    public IReadOnlyList<string> OwnHosts { get; init; } = [];
}
