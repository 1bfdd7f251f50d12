namespace AktoDivert.Console.Storage;

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
internal sealed class PriceRow
{
    /// <summary>Begin of the model's name, lower case; the longest that fits decides.</summary>
    public required string Model { get; set; }

    public double Input { get; set; }

    public double Output { get; set; }

    public double CacheRead { get; set; }

    public double CacheWrite { get; set; }

    /// <summary><c>shipped</c>, or who set it.</summary>
    public required string UpdatedBy { get; set; }

    /// <summary>Unix milliseconds.</summary>
    public long UpdatedMs { get; set; }
}
