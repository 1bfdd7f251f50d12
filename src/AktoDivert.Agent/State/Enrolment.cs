namespace AktoDivert.Agent.State;

/// <summary>What <c>enrol</c> leaves for <c>run</c> besides the device token, which has a file of its own.</summary>
/// <param name="ConsoleUrl">Base address of the console that gave the token.</param>
internal sealed record Enrolment(string ConsoleUrl);
