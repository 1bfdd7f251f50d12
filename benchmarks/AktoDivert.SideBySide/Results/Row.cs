using System.Text.Json.Serialization;

namespace AktoDivert.SideBySide.Results;

/// <summary>One line of the result.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Peer">What it is compared with; <c>-</c> for a limit of its own.</param>
/// <param name="Goal">Most that <paramref name="Ratio"/> may be.</param>
/// <param name="Ratio">Median over the rounds of our cost to the peer's; without a peer, the figure itself in the unit that the work names.</param>
/// <param name="Min">Smallest of the rounds.</param>
/// <param name="Max">Largest of the rounds.</param>
internal sealed record Row(string Work, string Peer, double Goal, double Ratio, double Min, double Max)
{
    /// <summary>Whether the goal is reached.</summary>
    public bool Met => Ratio <= Goal;

    /// <summary>Costs behind the ratio, for the table; empty without a peer.</summary>
    [JsonIgnore]
    public string Costs { get; init; } = "";

    /// <summary>A row from the figures of several rounds.</summary>
    public static Row Of(string work, string peer, double goal, IReadOnlyCollection<double> figures) =>
        new(work, peer, goal, Median(figures), figures.Min(), figures.Max());

    /// <summary>The middle figure.</summary>
    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
