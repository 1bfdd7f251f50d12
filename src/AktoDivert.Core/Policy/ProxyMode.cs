namespace AktoDivert.Core.Policy;

/// <summary>How much is intercepted of what redirected processes send.</summary>
public enum ProxyMode
{
    /// <summary>What a Proxy Pattern or an AI domain names.</summary>
    Listed,

    /// <summary>Also every other host of an app that is known, except what a rule lets pass.</summary>
    AllExcept,

    /// <summary>Nothing: every connection passes, whatever the rules say.</summary>
    Off,
}
