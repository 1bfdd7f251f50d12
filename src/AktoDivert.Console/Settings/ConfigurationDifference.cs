namespace AktoDivert.Console.Settings;

/// <summary>What differs in one section between two versions.</summary>
/// <param name="Section">Name of the section.</param>
/// <param name="Removed">Lines that only the first has: JSON objects.</param>
/// <param name="Added">Lines that only the second has.</param>
internal sealed record ConfigurationDifference(string Section, IReadOnlyList<string> Removed, IReadOnlyList<string> Added);
