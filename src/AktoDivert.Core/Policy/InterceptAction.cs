namespace AktoDivert.Core.Policy;

/// <summary>What happens to a redirected flow.</summary>
public enum InterceptAction
{
    /// <summary>Bytes are tunnelled to the original destination untouched.</summary>
    Passthrough,

    /// <summary>TLS is terminated on both sides and the plaintext observed.</summary>
    Intercept,
}
