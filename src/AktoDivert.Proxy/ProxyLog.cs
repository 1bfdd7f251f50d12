using System.Net;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Proxy;

/// <summary>What the proxy logs: event ids 2000 to 2999.</summary>
internal static partial class ProxyLog
{
    [LoggerMessage(2000, LogLevel.Information, "The proxy listens on {AddressV4}:{PortV4} and [{AddressV6}]:{PortV6} (0: no IPv6)")]
    public static partial void Listening(this ILogger logger, IPAddress addressV4, int portV4, IPAddress addressV6, int portV6);

    [LoggerMessage(2001, LogLevel.Warning, "A connection could not be accepted ({Error}); the listener goes on")]
    public static partial void AcceptFailed(this ILogger logger, System.Net.Sockets.SocketError error);

    [LoggerMessage(2002, LogLevel.Warning,
        "The listener did not answer its own probe, or nothing serves the connections; the redirect engine gets no beat and lets connections go direct")]
    public static partial void ProbeFailed(this ILogger logger);

    [LoggerMessage(2003, LogLevel.Warning, "{Process} refused the certificate for {Host}: {Reason}; its next connections pass through")]
    public static partial void AppRefused(this ILogger logger, string process, string host, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "{Host} showed {Process} a certificate that is not valid: {Fault}")]
    public static partial void UpstreamCertificateInvalid(this ILogger logger, string host, string process, string fault);

    [LoggerMessage(2005, LogLevel.Information, "{Host} could not be intercepted for {Process}: {Reason}; the connection passes through")]
    public static partial void FellBack(this ILogger logger, string host, string process, string reason);

    [LoggerMessage(2006, LogLevel.Error, "A connection of flow {FlowId} ended by a fault of the proxy")]
    public static partial void ConnectionFault(this ILogger logger, Exception fault, ulong flowId);

    [LoggerMessage(2007, LogLevel.Error, "A listener failed and accepts no more")]
    public static partial void ListenerFault(this ILogger logger, Exception fault);

    [LoggerMessage(2008, LogLevel.Warning,
        "A connection of {Process} that went direct to {Destination} asked for {Host} and was reset; connections there are redirected from now on")]
    public static partial void DirectRefused(this ILogger logger, string process, IPEndPoint destination, string host);

    [LoggerMessage(2009, LogLevel.Warning, "The policy intercepts {Count} names and domains, too many for the kernel: all connections are redirected")]
    public static partial void TooManyAreas(this ILogger logger, int count);
}
