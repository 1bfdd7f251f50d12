namespace AktoDivert.Console.Api;

/// <summary>Answer to a change of settings.</summary>
/// <param name="Version">The version in force.</param>
internal sealed record SettingsVersion(long Version);
