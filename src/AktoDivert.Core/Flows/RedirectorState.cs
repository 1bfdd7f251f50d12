namespace AktoDivert.Core.Flows;

/// <summary>State of a redirect engine.</summary>
public enum RedirectorState
{
    /// <summary>Not started, or stopped on request.</summary>
    Stopped,

    /// <summary>Redirecting.</summary>
    Active,

    /// <summary>Cannot redirect on this machine as it is; all connections go direct. The agent tries again.</summary>
    Unavailable,
}
