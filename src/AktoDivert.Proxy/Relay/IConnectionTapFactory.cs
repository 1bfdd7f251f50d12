using AktoDivert.Core.Flows;

namespace AktoDivert.Proxy.Relay;

/// <summary>Makes the tap that fits the negotiated protocol.</summary>
internal interface IConnectionTapFactory
{
    /// <summary>
    /// Makes a tap for a connection whose ALPN result is in <see cref="Flow.NegotiatedProtocol"/>: <c>h2</c>; <c>http/1.1</c>; anything
    /// else, empty included, is looked at as HTTP/1.1 and turns opaque when it is not.
    /// </summary>
    IConnectionTap Create(Flow flow);
}
