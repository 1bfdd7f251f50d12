namespace AktoDivert.Redirect.Linux;

/// <summary>The engine cannot work on this machine as it is.</summary>
/// <param name="reason">Why.</param>
/// <param name="fix">What to do about it.</param>
internal sealed class RedirectUnavailableException(string reason, string fix) : Exception(reason)
{
    internal string Fix { get; } = fix;
}
