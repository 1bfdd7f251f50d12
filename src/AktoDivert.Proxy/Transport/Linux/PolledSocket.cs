using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AktoDivert.Proxy.Transport.Linux.Interop;

namespace AktoDivert.Proxy.Transport.Linux;

/// <summary>
/// A socket served by an event loop of ours. The runtime's learns that a socket is empty by a receive that fails, each time; this one knows it
/// from the last receive, which did not fill its buffer (epoll(7), question 9), so that a record costs one receive and one send. What waited goes
/// on in the loop's thread.
/// </summary>
internal sealed class PolledSocket : StreamSocket
{
    /// <summary>A stream that never pauses must not keep the thread that serves the other sockets: after so many it goes on elsewhere.</summary>
    public const int ReceivesAtOnce = 64;

    private readonly Readiness _receive = new();
    private readonly Readiness _send = new();
    private int _unbroken;

    private PolledSocket(Socket socket)
        : base(socket)
    {
    }

    /// <summary>Where the loop keeps it; <see cref="EventLoop.NoTicket"/> while it does not.</summary>
    internal long Ticket;

    /// <summary>Takes a connected socket over.</summary>
    /// <exception cref="SocketException">The system has no room to watch it.</exception>
    /// <exception cref="ObjectDisposedException">It is closed already.</exception>
    public static new PolledSocket Over(Socket connected)
    {
        var socket = new PolledSocket(connected);
        SocketCalls.DoNotBlock(connected.SafeHandle);
        EventLoop.Shared.Watch(socket);
        return socket;
    }

    /// <inheritdoc cref="StreamSocket.ConnectAsync" />
    public static new async ValueTask<StreamSocket> ConnectAsync(Socket socket, IPEndPoint destination, CancellationToken cancellationToken)
    {
        var connecting = new PolledSocket(socket);
        SocketCalls.DoNotBlock(socket.SafeHandle);
        var isConnected = SocketCalls.BeginConnect(socket.SafeHandle, destination);

        // Not before: to epoll, a socket that connects to nothing has hung up.
        EventLoop.Shared.Watch(connecting);
        if (!isConnected)
        {
            try
            {
                await connecting._send.WaitAsync(cancellationToken);
                if (socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int and not 0 and var error)
                {
                    throw new SocketException(error);
                }
            }
            catch (Exception)
            {
                EventLoop.Shared.Forget(connecting);
                throw;
            }
        }

        return connecting;
    }

    /// <inheritdoc />
    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            var waiting = _receive.WaitAsync(cancellationToken);
            _unbroken = waiting.IsCompleted ? _unbroken : 0;
            return waiting;
        }

        if (++_unbroken > ReceivesAtOnce)
        {
            return ReceiveElsewhereAsync(buffer, cancellationToken);
        }

        return TryReceive(buffer.Span, out var count) ? new(count) : ReceiveLaterAsync(buffer, cancellationToken);
    }

    /// <inheritdoc />
    public override async ValueTask WaitForMoreAsync()
    {
        while (!_receive.TryTake())
        {
            await _receive.WaitAsync(CancellationToken.None);
        }
    }

    /// <inheritdoc />
    public override TurnAwaitable LetOthers() => new(EventLoop.Shared);

    /// <inheritdoc />
    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        var sent = TrySend(bytes.Span);
        return sent == bytes.Length ? default : SendRestAsync(bytes[sent..], cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        EventLoop.Shared.Forget(this);
        _receive.Close();
        _send.Close();
    }

    /// <summary>What epoll reports; runs what waits for it.</summary>
    internal void Handle(uint events)
    {
        const uint Ended = LibC.EpollError | LibC.EpollHangUp;
        if ((events & (LibC.EpollOut | Ended)) != 0)
        {
            _send.Set();
        }

        if ((events & (LibC.EpollIn | LibC.EpollPeerEnded | Ended)) != 0)
        {
            // The end is reported once, but is to be read behind the bytes before it.
            _receive.Set(lasts: (events & (LibC.EpollPeerEnded | LibC.EpollHangUp)) != 0);
        }
    }

    /// <summary>Receives what there is, without waiting; false when there is nothing. 0 bytes are the end.</summary>
    /// <exception cref="SocketException">The peer or the network ended the connection.</exception>
    /// <exception cref="ObjectDisposedException">We did.</exception>
    internal bool TryReceive(Span<byte> buffer, out int count)
    {
        if (!_receive.TryTake() || (count = SocketCalls.Receive(Socket.SafeHandle, buffer)) < 0)
        {
            count = 0;
            return false;
        }

        if (count == buffer.Length || count == 0)
        {
            _receive.Set();
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveLaterAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count;
        do
        {
            _unbroken = 0;
            await _receive.WaitAsync(cancellationToken);
        }
        while (!TryReceive(buffer.Span, out count));
        return count;
    }

    private async ValueTask<int> ReceiveElsewhereAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _unbroken = 0;
        await Task.Yield();
        return await ReceiveAsync(buffer, cancellationToken);
    }

    /// <summary>Sends what there is room for, without waiting.</summary>
    /// <returns>Bytes sent.</returns>
    /// <inheritdoc cref="TryReceive" path="/exception" />
    internal int TrySend(ReadOnlySpan<byte> bytes) => Math.Max(0, SocketCalls.Send(Socket.SafeHandle, bytes));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the try: room that comes after it is an edge that is not missed.
            _ = _send.TryTake();
            bytes = bytes[TrySend(bytes.Span)..];
            if (bytes.IsEmpty)
            {
                return;
            }

            await _send.WaitAsync(cancellationToken);
        }
    }
}
