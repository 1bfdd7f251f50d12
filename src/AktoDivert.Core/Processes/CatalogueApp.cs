namespace AktoDivert.Core.Processes;

/// <summary>One app of the catalogue, or one that an administrator added on the console or on a device.</summary>
/// <param name="Id">Stable id, for example <c>claude-code</c>.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Selectors">How its processes are recognised on this platform; any one is enough. Empty when the app does not exist
/// here.</param>
/// <param name="Hosts">Host patterns of its AI services, for certificate constraints and the inventory.</param>
/// <param name="PassthroughHosts">Host patterns that never work intercepted for this app (policy step 1).</param>
public sealed record CatalogueApp(
    string Id,
    string Name,
    IReadOnlyList<ProcessSelector> Selectors,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> PassthroughHosts)
{
    /// <summary>Whether it is on the allow-list unless an administrator takes it off. Browsers are not.</summary>
    public bool OnByDefault { get; init; } = true;

    /// <summary>Who added it.</summary>
    public AppSource Source { get; init; }

    /// <summary>Vendor; empty when unknown.</summary>
    public string Vendor { get; init; } = "";
}
