namespace AktoDivert.Agent.State;

/// <summary>A file of the state directory that cannot be used; the message names it and the way out.</summary>
internal sealed class StateFileException(string message, Exception? inner = null) : Exception(message, inner);
