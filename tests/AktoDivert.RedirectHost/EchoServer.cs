using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AktoDivert.RedirectHost;

/// <summary>Answers each connection to port 443, after its first bytes, with one HTTP response; sends back what comes to port 8443.</summary>
internal static class EchoServer
{
    private static readonly byte[] _response = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");

    internal static async Task RunAsync()
    {
        using var listener = Listen(443);
        using var echo = Listen(8443);
        Console.WriteLine("READY");
        await Task.WhenAll(AcceptAsync(listener, AnswerAsync), AcceptAsync(echo, EchoAsync));
    }

    private static Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        listener.Listen(256);
        return listener;
    }

    private static async Task AcceptAsync(Socket listener, Func<Socket, Task> answer)
    {
        while (true)
        {
            _ = answer(await listener.AcceptAsync());
        }
    }

    private static async Task EchoAsync(Socket connection)
    {
        using (connection)
        {
            try
            {
                var buffer = new byte[65_536];
                int count;
                while ((count = await connection.ReceiveAsync(buffer)) > 0)
                {
                    for (var sent = 0; sent < count;)
                    {
                        sent += await connection.SendAsync(buffer.AsMemory(sent, count - sent));
                    }
                }

                connection.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The client went away, which is its right.
            }
        }
    }

    private static async Task AnswerAsync(Socket connection)
    {
        using (connection)
        {
            try
            {
                _ = await connection.ReceiveAsync(new byte[4096]);
                await connection.SendAsync(_response);
                connection.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The client went away, which is its right.
            }
        }
    }
}
