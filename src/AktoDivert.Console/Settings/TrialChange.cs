using AktoDivert.Core.Policy;

namespace AktoDivert.Console.Settings;

/// <summary>Flows that a change of settings would treat otherwise.</summary>
/// <param name="App">Catalogue id; empty when unknown.</param>
/// <param name="Process">Executable file name.</param>
/// <param name="Host">SNI.</param>
/// <param name="Flows">How many there were.</param>
/// <param name="Before">The decision in force.</param>
/// <param name="After">The decision with the change.</param>
internal sealed record TrialChange(string App, string Process, string Host, long Flows, PolicyDecision Before, PolicyDecision After);
