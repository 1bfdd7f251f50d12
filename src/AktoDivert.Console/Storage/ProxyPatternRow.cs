namespace AktoDivert.Console.Storage;

/// <summary>A Proxy Pattern.</summary>
internal sealed class ProxyPatternRow
{
    /// <summary>Canonical text.</summary>
    public required string Pattern { get; set; }

    /// <summary>Proxy Mode: true intercepts, false bypasses.</summary>
    public bool Intercept { get; set; }

    public required string AddedBy { get; set; }

    /// <summary>Unix milliseconds of the last change.</summary>
    public long UpdatedMs { get; set; }
}
