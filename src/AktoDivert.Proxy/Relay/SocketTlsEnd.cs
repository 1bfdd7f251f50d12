using System.Net.Security;
using System.Runtime.CompilerServices;
using AktoDivert.Proxy.Transport;
using AktoDivert.Proxy.Transport.Linux;
using AktoDivert.Proxy.Transport.Linux.Interop;

namespace AktoDivert.Proxy.Relay;

/// <summary>A side whose records OpenSSL takes from the socket itself (docs/decisions/0012).</summary>
internal sealed class SocketTlsEnd(StreamSocket socket, SslApplicationProtocol protocol, OpenSslSession session) : TlsEnd(socket, protocol)
{
    private int _unbroken;

    /// <inheritdoc />
    protected override bool HasEnded => session.HasEnded;

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return session.MayHaveMore ? new(0) : WaitAsync(cancellationToken);
        }

        if (++_unbroken > PolledSocket.ReceivesAtOnce)
        {
            return ReadElsewhereAsync(buffer, cancellationToken);
        }

        var count = session.Read(buffer.Span);
        return count != OpenSslSession.Nothing ? new(count) : ReadLaterAsync(buffer, cancellationToken);
    }

    /// <inheritdoc />
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var unsent = WritePiece(ref bytes);
            if (!unsent.IsEmpty)
            {
                return WriteLaterAsync(unsent, bytes);
            }
        }

        return default;
    }

    /// <inheritdoc />
    public override async ValueTask SendCloseNotifyAsync()
    {
        try
        {
            await SendAsync(session.WriteEnd());
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            // The peer has gone first and there is nobody left to tell, or its session has failed.
        }
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        session.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => Socket.ReceiveAsync(buffer);

    private ValueTask<int> WaitAsync(CancellationToken cancellationToken)
    {
        var waiting = Socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        _unbroken = waiting.IsCompleted ? _unbroken : 0;
        return waiting;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadLaterAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count;
        do
        {
            await WaitAsync(cancellationToken);
            count = session.Read(buffer.Span);
        }
        while (count == OpenSslSession.Nothing);
        return count;
    }

    private async ValueTask<int> ReadElsewhereAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _unbroken = 0;
        await Task.Yield();
        return await ReadAsync(buffer, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteLaterAsync(ReadOnlyMemory<byte> unsent, ReadOnlyMemory<byte> rest)
    {
        await SendAsync(unsent);
        while (!rest.IsEmpty)
        {
            await SendAsync(WritePiece(ref rest));
        }
    }

    private ReadOnlyMemory<byte> WritePiece(ref ReadOnlyMemory<byte> bytes)
    {
        var piece = bytes[..Math.Min(bytes.Length, OpenSslSession.LongestWrite)];
        bytes = bytes[piece.Length..];
        return session.Write(piece.Span);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(ReadOnlyMemory<byte> unsent)
    {
        if (!unsent.IsEmpty)
        {
            await Socket.SendAsync(unsent);
            session.Sent();
        }
    }
}
