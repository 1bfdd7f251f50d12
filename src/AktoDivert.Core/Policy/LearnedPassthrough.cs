namespace AktoDivert.Core.Policy;

/// <summary>One learned passthrough.</summary>
/// <param name="Process">Executable file name.</param>
/// <param name="Host">SNI.</param>
/// <param name="Reason">Why, for a person.</param>
/// <param name="Since">When it was last learned.</param>
/// <param name="Expires">When it ends; <see cref="DateTimeOffset.MaxValue"/> when pinned.</param>
/// <param name="Refusals">How often the app refused so far.</param>
public sealed record LearnedPassthrough(
    string Process, string Host, string Reason, DateTimeOffset Since, DateTimeOffset Expires, int Refusals)
{
    /// <summary>Whether an admin pinned it.</summary>
    public bool IsPinned => Expires == DateTimeOffset.MaxValue;
}
