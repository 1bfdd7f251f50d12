using System.Text.Json.Serialization;

namespace AktoDivert.Console.Storage;

/// <summary>What the organisation decided about an app.</summary>
internal sealed class AppRow
{
    /// <summary>Catalogue id, or process name when the catalogue does not know it.</summary>
    public required string App { get; set; }

    public AppState State { get; set; }

    public string Note { get; set; } = "";

    /// <summary>How much of its calls is kept; null for the general level.</summary>
    public PrivacyLevel? Kept { get; set; }

    /// <summary>After how many days its calls are deleted; null for the general retention, which always holds too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? KeptDays { get; set; }

    public required string UpdatedBy { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedMs { get; set; }
}
