namespace AktoDivert.Core.Processes;

/// <summary>Which processes are redirected.</summary>
public enum RedirectScope
{
    /// <summary>Only apps on the allow-list, and their children.</summary>
    AllowList,

    /// <summary>Every process but the agent.</summary>
    All,
}
