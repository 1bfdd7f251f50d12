namespace AktoDivert.Console.Hosting;

/// <summary>The console cannot start; the message names the option, what is wrong with it, and the fix.</summary>
public sealed class ConsoleStartException(string message, Exception? cause = null) : Exception(message, cause);
