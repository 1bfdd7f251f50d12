namespace AktoDivert.Core.Policy;

/// <summary>Which step of the policy order made a decision. The order of the members is the order of decision.</summary>
public enum RuleSource
{
    /// <summary>1: the agent's own console and upload hosts, and pairs known never to work when intercepted.</summary>
    BuiltIn,

    /// <summary>2: a Proxy Pattern, or <see cref="ProxyMode.Off"/>.</summary>
    ProxyPattern,

    /// <summary>3: this process refused our certificate for this host before.</summary>
    LearnedPassthrough,

    /// <summary>4: a chatty domain.</summary>
    ChattyDomain,

    /// <summary>5: an AI domain.</summary>
    AiDomain,

    /// <summary>6: no rule matched, so that the <see cref="ProxyMode"/> decides.</summary>
    Default,

    /// <summary>Not a matter of policy: not TLS, no host name to decide by, or no certificate of ours may carry the name.</summary>
    Unsupported,
}
