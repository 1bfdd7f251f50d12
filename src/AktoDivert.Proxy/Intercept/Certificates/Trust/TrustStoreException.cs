namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>A trust store cannot be read or changed.</summary>
internal sealed class TrustStoreException(string message, string fix) : Exception(message)
{
    /// <summary>What the administrator does about it.</summary>
    public string Fix { get; } = fix;
}
