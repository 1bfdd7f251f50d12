using System.Net.Sockets;
using System.Security.Authentication;

namespace AktoDivert.Proxy.Transport;

/// <summary>Tells failures of a peer or the network from faults of ours.</summary>
internal static class TransportFault
{
    /// <summary>
    /// Whether reading, writing or shutting down a TLS stream or socket may fail this way because of the other side, or because the
    /// connection was reset by us.
    /// </summary>
    public static bool Is(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or AuthenticationException or OperationCanceledException;

    /// <summary>As streams fail: TLS passes it on as it is, and whoever looks for an app's refusal goes by it.</summary>
    /// <param name="cause">What a socket failed with.</param>
    public static IOException OfStream(Exception cause) => new(cause.Message, cause);
}
