namespace AktoDivert.Fuzz;

/// <summary>A target failed on an input.</summary>
public sealed class FuzzFailureException(string message, Exception cause) : Exception(message, cause);
