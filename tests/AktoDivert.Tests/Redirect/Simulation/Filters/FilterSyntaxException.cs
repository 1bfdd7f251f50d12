namespace AktoDivert.Tests.Redirect.Simulation.Filters;

/// <summary>A filter that the driver's compiler would refuse.</summary>
/// <param name="message">Why.</param>
/// <param name="position">Where: index of a character.</param>
internal sealed class FilterSyntaxException(string message, int position) : Exception($"{message} at character {position}")
{
    /// <summary>Where: index of a character.</summary>
    public int Position { get; } = position;
}
