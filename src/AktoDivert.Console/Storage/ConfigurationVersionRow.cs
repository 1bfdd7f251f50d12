namespace AktoDivert.Console.Storage;

/// <summary>The whole configuration at one version, section by section.</summary>
internal sealed class ConfigurationVersionRow
{
    /// <summary>The settings' version.</summary>
    public long Version { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long AtMs { get; set; }

    public required string By { get; set; }

    /// <summary>What was done, for people.</summary>
    public required string Summary { get; set; }

    /// <summary>JSON object: section name to <see cref="ConfigurationSectionRow.Hash"/>.</summary>
    public required string Sections { get; set; }
}
