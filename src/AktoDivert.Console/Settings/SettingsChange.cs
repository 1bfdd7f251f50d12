namespace AktoDivert.Console.Settings;

/// <summary>Outcome of a change.</summary>
/// <param name="Version">The version in force afterwards.</param>
/// <param name="Errors">Why nothing was changed, one sentence each; empty on success.</param>
internal sealed record SettingsChange(long Version, IReadOnlyList<string> Errors)
{
    /// <summary>Whether the change is in force.</summary>
    public bool Applied => Errors.Count == 0;
}
