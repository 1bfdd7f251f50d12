using System.Net.Security;
using System.Runtime.CompilerServices;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Relay;

/// <summary>A side whose session <see cref="SslStream"/> keeps: on Windows, and of TLS 1.2.</summary>
internal sealed class StreamTlsEnd(StreamSocket socket, TransportStream transport, SslStream tls) : TlsEnd(socket, tls.NegotiatedApplicationProtocol)
{
    /// <inheritdoc />
    protected override bool HasEnded => transport.HasEnded;

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
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

    /// <inheritdoc />
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => tls.WriteAsync(bytes);

    /// <inheritdoc />
    public override async ValueTask SendCloseNotifyAsync()
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

    /// <inheritdoc />
    public override void Dispose()
    {
        tls.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => transport.ReadAsync(buffer);

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
