namespace AktoDivert.Core.Processes;

/// <summary>The app a process belongs to, and the selector that said so.</summary>
/// <param name="AppId">Catalogue id, for example <c>claude-code</c>.</param>
/// <param name="AppName">Name for people.</param>
/// <param name="Selector">The selector that matched, for <c>explain</c>: <c>path */claude/versions/*</c>.</param>
public sealed record AppMatch(string AppId, string AppName, string Selector)
{
    /// <summary>Who added the app.</summary>
    public AppSource Source { get; init; }
}
