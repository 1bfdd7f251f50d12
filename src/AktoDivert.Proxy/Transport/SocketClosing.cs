using System.Net.Sockets;

namespace AktoDivert.Proxy.Transport;

/// <summary>Socket settings and the ways to end one. Ending a socket that is already gone is no error.</summary>
internal static class SocketClosing
{
    private const int KeepAliveSeconds = 60;
    private const int KeepAliveProbeSeconds = 15;

    /// <summary>Sets what a relayed socket needs: no delay for small writes, and keep-alive so that a vanished peer is noticed.</summary>
    public static void SetRelayOptions(this Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveProbeSeconds);
    }

    /// <summary>Closes with RST, so that the peer sees an abort and not an end.</summary>
    public static void Reset(this Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }

        socket.Dispose();
    }

    /// <summary>Sends FIN.</summary>
    public static void FinishSending(this Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }
}
