using System.Net;
using System.Net.Sockets;

namespace AktoDivert.Redirect.Windows;

/// <summary>The connection of <c>aktodivert probe</c>, and the exit codes that tell how it ended.</summary>
public static class SelfTestProbe
{
    /// <summary>Something answered.</summary>
    public const int Answered = 0;

    /// <summary>Nothing answered within 3 seconds.</summary>
    public const int Silent = 20;

    /// <summary>There was no way to send.</summary>
    public const int NoNetwork = 21;

    // Two retransmissions of Windows' first SYN come within it.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Connects once and closes.</summary>
    public static async Task<int> RunAsync(IPEndPoint destination, CancellationToken cancellationToken)
    {
        using var socket = new Socket(destination.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await socket.ConnectAsync(destination, limit.Token).ConfigureAwait(false);
            return Answered;
        }
        catch (OperationCanceledException)
        {
            return Silent;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset or SocketError.ConnectionAborted ? Answered
                : e.SocketErrorCode is SocketError.TimedOut ? Silent
                : NoNetwork;
        }
    }
}
