namespace AktoDivert.Core.Processes;

/// <summary>
/// Who opened a connection. Filled as far as the platform tells; a process that is already gone keeps what the kernel recorded.
/// </summary>
public sealed record ProcessIdentity
{
    /// <summary>Process id in the agent's namespace (thread-group id on Linux).</summary>
    public required int Pid { get; init; }

    /// <summary>File name of the executable after symbolic links (<c>claude.exe</c>, <c>2.1.197</c>, <c>node</c>).</summary>
    public required string Name { get; init; }

    /// <summary>Full path of the executable; empty when unknown.</summary>
    public string Path { get; init; } = "";

    /// <summary>
    /// Arguments, first the invoked name. May hold content (a prompt given on the command line): never logged or uploaded whole.
    /// </summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Parent process id; 0 when unknown.</summary>
    public int ParentPid { get; init; }

    /// <summary>Numeric user id (Linux); 0 on Windows.</summary>
    public uint UserId { get; init; }

    /// <summary>Login name of the user; empty when unknown.</summary>
    public string UserName { get; init; } = "";

    /// <summary>Package family of an MSIX app on Windows (<c>Claude_pzs8sxrjxfjjc</c>); empty otherwise.</summary>
    public string PackageFamily { get; init; } = "";

    /// <summary>Who signed the executable, on Windows; empty when it is not signed, or not known yet: checking takes a while.</summary>
    public string Publisher { get; init; } = "";

    /// <summary>Catalogue id of the app (<c>claude-code</c>, <c>codex-cli</c>); empty when the process belongs to none.</summary>
    public string AppId { get; init; } = "";

    /// <summary>Why the process was selected, for a person: the selector that matched, or the parent it inherited from.</summary>
    public string SelectedBy { get; init; } = "";
}
