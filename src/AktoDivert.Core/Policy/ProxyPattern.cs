namespace AktoDivert.Core.Policy;

/// <summary>A Proxy Pattern as an administrator entered it.</summary>
public sealed record ProxyPattern
{
    /// <summary>The pattern's text, in the grammar of <see cref="HostPattern"/>.</summary>
    public required string Pattern { get; init; }

    /// <summary>Proxy Mode: true intercepts, false bypasses.</summary>
    public required bool Intercept { get; init; }

    /// <summary>Who added it; empty when unknown.</summary>
    public string AddedBy { get; init; } = "";

    /// <summary>When it was last changed; null when unknown.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}
