using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AktoDivert.Proxy.Transport.Linux.Interop;

/// <summary>The calls on a socket that never wait. The socket stays open while one runs, whoever closes it meanwhile.</summary>
internal static unsafe class SocketCalls
{
    /// <summary>Makes the system never wait on it: splice(2) waits on a socket that may, whatever it is told.</summary>
    /// <exception cref="SocketException">It cannot be.</exception>
    public static void DoNotBlock(SafeHandle socket)
    {
        var flags = LibC.fcntl(socket, LibC.GetFlags, 0);
        if (flags < 0 || LibC.fcntl(socket, LibC.SetFlags, flags | LibC.NonBlocking) < 0)
        {
            throw SocketFault.Last();
        }
    }

    /// <summary>Begins to connect; true when it is connected already.</summary>
    /// <exception cref="SocketException">The destination refused at once or cannot be reached.</exception>
    public static bool BeginConnect(SafeHandle socket, IPEndPoint destination)
    {
        var address = destination.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            return LibC.connect(socket, bytes, (uint)address.Size) == 0
                || (Marshal.GetLastPInvokeError() is LibC.InProgress or LibC.Interrupted ? false : throw SocketFault.Last());
        }
    }

    /// <summary>Receives what there is: bytes received, 0 at the end, -1 when there is nothing now.</summary>
    /// <exception cref="SocketException">The peer or the network ended the connection.</exception>
    public static int Receive(SafeHandle socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var received = (int)LibC.recv(socket, bytes, (nuint)buffer.Length, LibC.DoNotWait);
                if (received >= 0 || !IsInterrupted())
                {
                    return received;
                }
            }
        }
    }

    /// <summary>Sends what there is room for: bytes sent, -1 when there is none now.</summary>
    /// <exception cref="SocketException">The peer or the network ended the connection.</exception>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            while (true)
            {
                var sent = (int)LibC.send(socket, first, (nuint)bytes.Length, LibC.DoNotWait | LibC.NoSignal);
                if (sent >= 0 || !IsInterrupted())
                {
                    return sent;
                }
            }
        }
    }

    // False when it would have had to wait.
    private static bool IsInterrupted() => Marshal.GetLastPInvokeError() switch
    {
        LibC.Interrupted => true,
        LibC.TryAgain => false,
        var errno => throw SocketFault.Of(errno),
    };
}
