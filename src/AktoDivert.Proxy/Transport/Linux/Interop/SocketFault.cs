using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AktoDivert.Proxy.Transport.Linux.Interop;

/// <summary>What a socket call failed with, in the runtime's terms: errno(3) to <see cref="SocketError"/>.</summary>
internal static class SocketFault
{
    /// <summary>The failure of the last call of this thread.</summary>
    public static SocketException Last() => Of(Marshal.GetLastPInvokeError());

    /// <summary>The failure that an errno stands for.</summary>
    public static SocketException Of(int errno) => new((int)(errno switch
    {
        1 or 13 => SocketError.AccessDenied,
        9 => SocketError.OperationAborted,
        12 or 28 or 105 => SocketError.NoBufferSpaceAvailable,
        22 => SocketError.InvalidArgument,
        23 or 24 => SocketError.TooManyOpenSockets,
        32 => SocketError.Shutdown,
        97 => SocketError.AddressFamilyNotSupported,
        98 => SocketError.AddressAlreadyInUse,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        101 => SocketError.NetworkUnreachable,
        103 => SocketError.ConnectionAborted,
        104 => SocketError.ConnectionReset,
        106 => SocketError.IsConnected,
        107 => SocketError.NotConnected,
        110 => SocketError.TimedOut,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        113 => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    }));
}
