namespace AktoDivert.Proxy.Intercept;

/// <summary>The TLS handshake with the app failed.</summary>
internal sealed class AppHandshakeException(
    string message, string? refusal, bool hasLeft, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>How the app refused our certificate; null when it failed for another cause.</summary>
    public string? Refusal => refusal;

    /// <summary>Whether the app was gone before it saw anything of ours.</summary>
    public bool HasLeft => hasLeft;
}
