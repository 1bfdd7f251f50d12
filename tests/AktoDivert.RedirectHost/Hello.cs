using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AktoDivert.Tests.Shared;

namespace AktoDivert.RedirectHost;

/// <summary>Sends a ClientHello, or other first bytes, to an echo server, and says what became of it.</summary>
internal static class Hello
{
    /// <summary>Runs. Prints <c>echoed N</c>, <c>other bytes</c>, or the error that an app would see.</summary>
    /// <param name="server">The echo server.</param>
    /// <param name="first">The host to ask for, <c>none</c> for a ClientHello without one, <c>clear</c> or <c>ok</c> for no TLS, <c>cut</c> for a ClientHello over two records.</param>
    /// <param name="how"><c>piece=N</c> sends so many bytes at once, <c>more=N</c> sends so many behind it, <c>padded=N</c> puts so many in front of the name,
    /// <c>stay</c> keeps the connection until standard input ends.</param>
    internal static async Task<int> RunAsync(IPEndPoint server, string first, string[] how)
    {
        byte[] sent = [.. FirstBytes(first, Option(how, "padded")), .. new byte[Option(how, "more")]];
        using var socket = server.AddressFamily == AddressFamily.InterNetworkV6
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server);
            var received = ReceiveAsync(socket, sent.Length);
            foreach (var piece in sent.Chunk(Option(how, "piece") is var size and > 0 ? size : sent.Length))
            {
                for (var offset = 0; offset < piece.Length;)
                {
                    offset += await socket.SendAsync(piece.AsMemory(offset));
                }
            }

            var echoed = await received;
            Console.WriteLine(sent.AsSpan().SequenceEqual(echoed) ? $"echoed {sent.Length}" : "other bytes");
            if (how.Contains("stay"))
            {
                await Console.In.ReadToEndAsync();
            }
        }
        catch (SocketException e)
        {
            Console.WriteLine(e.SocketErrorCode);
        }

        return 0;
    }

    private static byte[] FirstBytes(string first, int padding)
    {
        var builder = new ClientHelloBuilder().Extension(0x15, new byte[padding]).Alpn("h2", "http/1.1");
        return first switch
        {
            "clear" => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n"),
            "ok" => "ok"u8.ToArray(),
            "none" => builder.Records(),
            "cut" => builder.ServerName("www.example.com").Records(40),
            _ => builder.ServerName(first).Versions(0x0304, 0x0303).Records(),
        };
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int length)
    {
        var received = new byte[length];
        for (var offset = 0; offset < length;)
        {
            var count = await socket.ReceiveAsync(received.AsMemory(offset));
            if (count == 0)
            {
                return received[..offset];
            }

            offset += count;
        }

        return received;
    }

    private static int Option(string[] how, string name) =>
        how.FirstOrDefault(option => option.StartsWith(name + "=", StringComparison.Ordinal)) is { } found
            ? int.Parse(found.AsSpan(name.Length + 1), CultureInfo.InvariantCulture)
            : 0;
}
