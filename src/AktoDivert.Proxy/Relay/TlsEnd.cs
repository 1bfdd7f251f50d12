using System.Net.Security;
using System.Net.Sockets;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Relay;

/// <summary>One side of an intercepted connection: the TLS layer, the transport under it, the socket under that.</summary>
internal sealed class TlsEnd(Socket socket, TransportStream transport, SslStream tls) : IDisposable
{
    /// <summary>The decrypted stream.</summary>
    public SslStream Tls => tls;

    /// <summary>The bytes under <see cref="Tls"/>.</summary>
    public TransportStream Transport => transport;

    /// <summary>The socket.</summary>
    public Socket Socket => socket;

    /// <summary>Ends our direction in order, as far as TLS is concerned (RFC 8446 section 6.1).</summary>
    public async ValueTask SendCloseNotifyAsync()
    {
        try
        {
            await tls.ShutdownAsync();
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            // The peer has gone first; there is nobody left to tell.
        }
    }

    /// <summary>Frees the TLS layer and closes the socket.</summary>
    public void Dispose()
    {
        tls.Dispose();
        socket.Dispose();
    }
}
