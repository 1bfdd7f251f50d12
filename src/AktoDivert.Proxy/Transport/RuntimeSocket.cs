using System.Net;
using System.Net.Sockets;

namespace AktoDivert.Proxy.Transport;

/// <summary>A socket served by the runtime: completion ports on Windows.</summary>
internal sealed class RuntimeSocket(Socket socket) : StreamSocket(socket)
{
    /// <inheritdoc cref="StreamSocket.ConnectAsync" />
    public static new async ValueTask<StreamSocket> ConnectAsync(Socket socket, IPEndPoint destination, CancellationToken cancellationToken)
    {
        await socket.ConnectAsync(destination, cancellationToken);
        return new RuntimeSocket(socket);
    }

    /// <inheritdoc />
    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    /// <inheritdoc />
    public override async ValueTask WaitForMoreAsync() => await Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);

    /// <inheritdoc />
    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, SocketFlags.None, cancellationToken)..];
        }
    }
}
