using System.Net;
using System.Net.Sockets;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Intercept;

/// <summary>Connects to original destinations. An address is dialled as the app gave it; no name is ever looked up.</summary>
internal sealed class UpstreamDialer(ProxyOptions options, UpstreamPorts? ports, TimeProvider time)
{
    /// <summary>Connects.</summary>
    /// <exception cref="UpstreamException">The destination refused, is unreachable, or did not answer within the limit.</exception>
    public async Task<StreamSocket> DialAsync(IPEndPoint destination, CancellationToken stopping)
    {
        var socket = new Socket(destination.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetRelayOptions();
            ports?.Bind(socket, destination);
            using var timeout = new CancellationTokenSource(options.ConnectTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
            return await StreamSocket.ConnectAsync(socket, destination, either.Token);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new UpstreamException(UpstreamFault.Unreachable, e.SocketErrorCode.ToString(), e);
        }
        catch (OperationCanceledException e)
        {
            socket.Dispose();
            throw new UpstreamException(UpstreamFault.Unreachable, $"no answer within {options.ConnectTimeout.TotalSeconds:0} s", e);
        }
    }
}
