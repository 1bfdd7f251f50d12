namespace AktoDivert.Console.Overview;

/// <summary>Flows that were treated alike.</summary>
/// <param name="Name">How, for people.</param>
/// <param name="Meaning">What it means and what to do about it.</param>
/// <param name="Flows">How many.</param>
/// <param name="Href">Where its rows are.</param>
/// <param name="Tone"><c>good</c>, <c>warn</c>, <c>bad</c> or empty.</param>
internal sealed record CoverageShare(string Name, string Meaning, long Flows, string Href, string Tone);
