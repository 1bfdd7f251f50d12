using System.Net.Security;
using AktoDivert.Proxy.Transport;
using AktoDivert.Proxy.Transport.Linux.Interop;

namespace AktoDivert.Proxy.Relay;

/// <summary>One side of an intercepted connection: a TLS session whose handshake is done, and the socket under it.</summary>
/// <param name="socket">The socket.</param>
/// <param name="protocol">What ALPN chose.</param>
internal abstract class TlsEnd(StreamSocket socket, SslApplicationProtocol protocol) : IDisposable
{
    /// <summary>The socket.</summary>
    public StreamSocket Socket => socket;

    /// <summary>What ALPN chose; empty when nothing.</summary>
    public SslApplicationProtocol Protocol => protocol;

    /// <summary>
    /// Whether the peer sent FIN. A TLS end without it came by close_notify (RFC 8446 section 6.1); with it, by truncation.
    /// </summary>
    protected abstract bool HasEnded { get; }

    /// <summary>Makes an end of a session.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="transport">What is between the socket and the session.</param>
    /// <param name="tls">Its handshake is done. The end's from now on.</param>
    public static async ValueTask<TlsEnd> OverAsync(StreamSocket socket, TransportStream transport, SslStream tls)
    {
        transport.EndHandshake();
        if (!OpenSslSession.CanTakeOver(tls, socket))
        {
            return new StreamTlsEnd(socket, transport, tls);
        }

        // At its end the stream gives back the buffer of its handshake, 8 KB that it would keep.
        transport.EndReading();
        _ = await tls.ReadAsync(new byte[1]);
        return new SocketTlsEnd(socket, tls.NegotiatedApplicationProtocol, OpenSslSession.TakeOver(tls, transport, socket));
    }

    /// <summary>Reads decrypted bytes; one call at a time. Into an empty buffer it waits until there are some.</summary>
    /// <returns>How many; 0 at the end.</returns>
    /// <exception cref="IOException">The peer or the network ended the connection, or TLS failed.</exception>
    /// <exception cref="ObjectDisposedException">We ended it.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Encrypts and sends; one call at a time.</summary>
    /// <inheritdoc cref="ReadAsync" path="/exception" />
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>
    /// Ends our direction in order, as far as TLS is concerned (RFC 8446 section 6.1). Nothing is written afterwards. A peer that has gone first
    /// is no error.
    /// </summary>
    public abstract ValueTask SendCloseNotifyAsync();

    /// <summary>
    /// Passes this side's end on as it came: close_notify as close_notify, and FIN as FIN once it comes, which may be later: a TLS 1.3
    /// peer may end its direction and go on reading (RFC 8446 section 6.1).
    /// </summary>
    /// <param name="target">The other side.</param>
    /// <param name="ignored">Room for what still comes, which is none of TLS's.</param>
    public async ValueTask<PumpResult> PassEndAsync(TlsEnd target, Memory<byte> ignored)
    {
        if (!HasEnded)
        {
            await target.SendCloseNotifyAsync();
            try
            {
                while (await ReceiveAsync(ignored) > 0)
                {
                }
            }
            catch (Exception e) when (TransportFault.Is(e))
            {
                return PumpResult.SourceAborted(e);
            }
        }

        target.Socket.FinishSending();
        return PumpResult.Finished();
    }

    /// <summary>Frees the session and closes the socket.</summary>
    public virtual void Dispose() => socket.Dispose();

    /// <summary>Receives what comes behind the session's end.</summary>
    protected abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);
}
