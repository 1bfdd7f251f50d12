namespace AktoDivert.Lab;

/// <summary>Something a person can put right; the message says what, where and how.</summary>
internal sealed class LabException(string message) : Exception(message);
