using System.Net;
using System.Net.Sockets;

namespace AktoDivert.RedirectHost;

/// <summary>Sends what comes as lines of hexadecimal digits on standard input, each over a connection of its own, to an echo server.</summary>
internal static class FirstBytes
{
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs until standard input ends. Prints <c>echoed</c>, <c>silent</c> when nothing came back, or the error that an app would see.</summary>
    internal static async Task<int> RunAsync(IPEndPoint server)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine(await TryAsync(server, Convert.FromHexString(line)));
        }

        return 0;
    }

    private static async Task<string> TryAsync(IPEndPoint server, byte[] bytes)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource();
        try
        {
            await socket.ConnectAsync(server);
            await socket.SendAsync(bytes);
            limit.CancelAfter(_patience);
            return await socket.ReceiveAsync(new byte[bytes.Length], limit.Token) > 0 ? "echoed" : "ended";
        }
        catch (OperationCanceledException)
        {
            return "silent";
        }
        catch (SocketException e)
        {
            return $"{e.SocketErrorCode}";
        }
    }
}
