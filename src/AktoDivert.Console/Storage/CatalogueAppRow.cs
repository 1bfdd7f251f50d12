using System.Text.Json.Serialization;

namespace AktoDivert.Console.Storage;

/// <summary>What the organisation says about an app of the catalogue: whether it is redirected, or, with selectors, an app of its own.</summary>
internal sealed class CatalogueAppRow
{
    /// <summary>Catalogue id, or the organisation's own.</summary>
    public required string Id { get; set; }

    /// <summary>Whether its processes are redirected; null as the catalogue has it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Redirect { get; set; }

    /// <summary>Name for people; empty for an app of the shipped catalogue, as the lists below are.</summary>
    public string Name { get; set; } = "";

    /// <summary>Selectors, one a line.</summary>
    public string Selectors { get; set; } = "";

    /// <summary>Host patterns of its AI services, one a line.</summary>
    public string Hosts { get; set; } = "";

    /// <summary>Host patterns that always pass, one a line.</summary>
    public string PassthroughHosts { get; set; } = "";

    public required string UpdatedBy { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedMs { get; set; }

    /// <summary>Whether it is an app of the organisation's own.</summary>
    [JsonIgnore]
    public bool IsOwn => Selectors.Length > 0;
}
