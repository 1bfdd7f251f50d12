using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>
/// What the organisation says about an app: whether one of the shipped catalogue is redirected, or, with selectors, an app of its own. Every
/// member may be absent.
/// </summary>
public sealed record WireApp
{
    /// <summary>Catalogue id, or the organisation's own.</summary>
    [JsonPropertyName("id")] public string? Id { get; init; }

    /// <summary>Whether its processes are redirected; absent as the catalogue has it, and an app of the organisation's own is.</summary>
    [JsonPropertyName("redirect")] public bool? Redirect { get; init; }

    /// <summary>Name for people; absent: the id.</summary>
    [JsonPropertyName("name")] public string? Name { get; init; }

    /// <summary>How its processes are recognised, as <see cref="Processes.ProcessSelector.TryParse"/> reads it; absent for an app of the shipped catalogue.</summary>
    [JsonPropertyName("selectors")] public IReadOnlyList<string>? Selectors { get; init; }

    /// <summary>Host patterns of its AI services.</summary>
    [JsonPropertyName("hosts")] public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>Host patterns that never work intercepted for this app.</summary>
    [JsonPropertyName("passthroughHosts")] public IReadOnlyList<string>? PassthroughHosts { get; init; }
}
