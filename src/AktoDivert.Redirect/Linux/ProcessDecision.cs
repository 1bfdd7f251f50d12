namespace AktoDivert.Redirect.Linux;

/// <summary>Why a process is selected.</summary>
/// <param name="App">Number of the app in the <see cref="AppTable"/>.</param>
/// <param name="Root">The process that matched: itself, or the ancestor it inherits from.</param>
/// <param name="Selector">The selector that matched, for people.</param>
internal sealed record ProcessDecision(uint App, int Root, string Selector);
