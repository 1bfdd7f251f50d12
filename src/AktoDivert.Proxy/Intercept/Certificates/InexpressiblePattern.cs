namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>A pattern that asks for interception but cannot be written as a name constraint: what only it matches passes through.</summary>
/// <param name="Pattern">The pattern as entered.</param>
/// <param name="Reason">Why, and how to write it instead, for the administrator.</param>
public sealed record InexpressiblePattern(string Pattern, string Reason);
