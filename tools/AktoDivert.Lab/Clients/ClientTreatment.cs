namespace AktoDivert.Lab.Clients;

/// <summary>What the agent must do with a client's flow under the lab's configuration.</summary>
internal enum ClientTreatment
{
    /// <summary>Redirected, intercepted because the host is an AI domain, recorded.</summary>
    Intercepted,

    /// <summary>Redirected, passed through because the host is a chatty domain, never recorded.</summary>
    Chatty,

    /// <summary>Redirected, passed through because no rule matches, never recorded.</summary>
    Unmatched,

    /// <summary>Not redirected: its program is on no allow-list.</summary>
    Untouched,
}
