namespace AktoDivert.Agent.Policy;

/// <summary>The two lists of domains.</summary>
internal enum DomainList
{
    /// <summary>Domains that are intercepted.</summary>
    Ai,

    /// <summary>Domains that pass through although an app on the allow-list calls them.</summary>
    Chatty,
}
