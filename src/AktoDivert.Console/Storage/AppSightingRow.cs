namespace AktoDivert.Console.Storage;

/// <summary>An app on a device: what its calls add up to.</summary>
internal sealed class AppSightingRow
{
    public required string DeviceId { get; set; }

    public required string App { get; set; }

    /// <summary>Executable file name.</summary>
    public required string Process { get; set; }

    /// <summary>Executable path, as last seen.</summary>
    public string ProcessPath { get; set; } = "";

    /// <summary>Version, as last seen; empty when unknown.</summary>
    public string Version { get; set; } = "";

    /// <summary>Publisher by its signature or package; empty when unknown.</summary>
    public string Publisher { get; set; } = "";

    /// <summary>Login name, as last seen.</summary>
    public string User { get; set; } = "";

    public long Calls { get; set; }

    public long Bytes { get; set; }

    public long Tokens { get; set; }

    public long Findings { get; set; }

    /// <summary>Unix milliseconds by this console's clock.</summary>
    public long FirstMs { get; set; }

    /// <summary>Unix milliseconds by this console's clock.</summary>
    public long LastMs { get; set; }
}
