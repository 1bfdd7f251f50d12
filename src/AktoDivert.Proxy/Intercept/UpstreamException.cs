namespace AktoDivert.Proxy.Intercept;

/// <summary>The server's side could not be set up. The message says what a person needs to know and holds no content.</summary>
internal sealed class UpstreamException(UpstreamFault fault, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What went wrong.</summary>
    public UpstreamFault Fault => fault;
}
