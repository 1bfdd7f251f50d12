namespace AktoDivert.Console.Components.Settings;

/// <summary>A learned passthrough over all devices.</summary>
/// <param name="Process">Executable file name.</param>
/// <param name="Host">SNI.</param>
/// <param name="Reason">Why, as the latest device says.</param>
/// <param name="Devices">How many devices have it.</param>
/// <param name="Refusals">How often the app refused, on all of them.</param>
/// <param name="SinceMs">Unix milliseconds of the first.</param>
/// <param name="ExpiresMs">Unix milliseconds of the last end; <see cref="long.MaxValue"/> when pinned.</param>
internal sealed record LearnedEntry(string Process, string Host, string Reason, int Devices, int Refusals, long SinceMs, long ExpiresMs);
