namespace AktoDivert.Console.Calls;

/// <summary>A tool the model called.</summary>
/// <param name="Name">Tool.</param>
/// <param name="Id">Id that ties the result to it; empty when there is none.</param>
/// <param name="Arguments">Arguments, JSON or text.</param>
/// <param name="Result">What the tool returned, in a later request; null when the call does not hold it.</param>
/// <param name="IsAnswer">Whether this call's own answer made it; an earlier one otherwise.</param>
public sealed record ToolCall(string Name, string Id, string Arguments, string? Result, bool IsAnswer);
