namespace AktoDivert.Console.Api;

/// <summary>Body that names a learned passthrough.</summary>
/// <param name="Process">Executable file name.</param>
/// <param name="Host">SNI.</param>
internal sealed record LearnedPassthroughName(string Process, string Host);
