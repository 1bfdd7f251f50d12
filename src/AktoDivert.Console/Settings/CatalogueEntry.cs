namespace AktoDivert.Console.Settings;

/// <summary>An app of the catalogue as the organisation has it.</summary>
/// <param name="Id">Catalogue id, or the organisation's own.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Vendor">Vendor; empty for an app of the organisation's own.</param>
/// <param name="Selectors">How its processes are recognised on any platform: <c>name claude</c>.</param>
/// <param name="Hosts">Host patterns of its AI services.</param>
/// <param name="PassthroughHosts">Host patterns that always pass.</param>
/// <param name="IsOwn">Whether the organisation added it; shipped otherwise.</param>
/// <param name="OnByDefault">Whether it is redirected unless the organisation chooses.</param>
/// <param name="Redirect">The organisation's choice; null for none.</param>
internal sealed record CatalogueEntry(
    string Id, string Name, string Vendor, IReadOnlyList<string> Selectors, IReadOnlyList<string> Hosts, IReadOnlyList<string> PassthroughHosts,
    bool IsOwn, bool OnByDefault, bool? Redirect)
{
    /// <summary>Whether devices redirect it that do not say otherwise themselves.</summary>
    public bool IsRedirected => Redirect ?? OnByDefault;
}
