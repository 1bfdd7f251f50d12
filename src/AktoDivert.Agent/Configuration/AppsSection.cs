using AktoDivert.Core.Processes;

namespace AktoDivert.Agent.Configuration;

/// <summary><c>apps</c>: what this device changes in the shipped catalogue.</summary>
internal sealed record AppsSection
{
    /// <summary>Apps put on the allow-list besides the catalogue's.</summary>
    public IReadOnlyList<CatalogueApp> Add { get; init; } = [];

    /// <summary>Catalogue ids put on the allow-list that are not on it by default.</summary>
    public IReadOnlyList<string> Enable { get; init; } = [];

    /// <summary>Catalogue ids taken off the allow-list.</summary>
    public IReadOnlyList<string> Disable { get; init; } = [];
}
