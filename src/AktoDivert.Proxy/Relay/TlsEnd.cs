using System.Net.Security;
using System.Runtime.CompilerServices;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Relay;

/// <summary>One side of an intercepted connection: the TLS layer, the transport under it, the socket under that.</summary>
internal sealed class TlsEnd(StreamSocket socket, TransportStream transport, SslStream tls) : IDisposable
{
    /// <summary>What is written here is encrypted. It is read by <see cref="ReadAsync"/>.</summary>
    public SslStream Tls => tls;

    /// <summary>The bytes under <see cref="Tls"/>.</summary>
    public TransportStream Transport => transport;

    /// <summary>The socket.</summary>
    public StreamSocket Socket => socket;

    /// <summary>Reads decrypted bytes; one call at a time. Into an empty buffer it waits until there are some.</summary>
    /// <returns>How many; 0 at the end.</returns>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        transport.BeginTlsRead(waits: buffer.IsEmpty);
        ValueTask<int> read;
        try
        {
            read = tls.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception)
        {
            transport.EndTlsRead();
            throw;
        }

        if (read.IsCompletedSuccessfully)
        {
            transport.EndTlsRead();
            return read;
        }

        return EndAsync(read);
    }

    /// <summary>Ends our direction in order, as far as TLS is concerned (RFC 8446 section 6.1). Nothing is written afterwards.</summary>
    public async ValueTask SendCloseNotifyAsync()
    {
        await transport.Turn.EnterAsync();
        try
        {
            Task sending;
            try
            {
                sending = tls.ShutdownAsync();
            }
            finally
            {
                transport.Turn.Exit();
            }

            await sending;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The peer has gone first and there is nobody left to tell, or its session has failed: OpenSSL's own exceptions are not public.
        }
    }

    /// <summary>
    /// Passes this side's end on as it came: close_notify as close_notify, and FIN as FIN once it comes, which may be later: a TLS 1.3
    /// peer may end its direction and go on reading (RFC 8446 section 6.1).
    /// </summary>
    /// <param name="target">The other side.</param>
    /// <param name="ignored">Room for what still comes, which is none of TLS's.</param>
    public async ValueTask<PumpResult> PassEndAsync(TlsEnd target, Memory<byte> ignored)
    {
        if (!transport.HasEnded)
        {
            await target.SendCloseNotifyAsync();
            try
            {
                while (await transport.ReadAsync(ignored) > 0)
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

    /// <summary>Frees the TLS layer and closes the socket.</summary>
    public void Dispose()
    {
        tls.Dispose();
        socket.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> EndAsync(ValueTask<int> read)
    {
        try
        {
            return await read;
        }
        finally
        {
            transport.EndTlsRead();
        }
    }
}
