using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AktoDivert.SideBySide.Peers;

/// <summary>
/// A process that connects to itself, on an address that is not a loopback's and a port that the redirect engine looks at. So its CPU time holds
/// both ends and all that the kernel does for them. Plain blocking sockets: as little of its own as can be, and no TLS but the ClientHello that
/// each connection begins with.
/// </summary>
internal static class Bystander
{
    /// <summary>From the ranges for documentation (RFC 5737): nobody has it.</summary>
    public static IPEndPoint Address { get; } = new(IPAddress.Parse("203.0.113.1"), 443);

    /// <summary>Obeys <c>connections N</c> and <c>megabytes N</c> on standard input, answering <c>DONE</c>, until it ends.</summary>
    public static int Run()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(Address);
        listener.Listen(64);
        new Thread(() => Serve(listener)) { IsBackground = true }.Start();
        Console.WriteLine("READY");
        while (Console.ReadLine()?.Split(' ') is [var work, var count])
        {
            Do(work, int.Parse(count, CultureInfo.InvariantCulture));
            Console.WriteLine("DONE");
        }

        return 0;
    }

    // RFC 8446 section 4.1.2, with one cipher suite and one extension: server_name www.example.com.
    private static byte[] ClientHello()
    {
        var host = "www.example.com"u8;
        byte length = (byte)host.Length;
        byte[] extension = [0, 0, 0, (byte)(length + 5), 0, (byte)(length + 3), 0, 0, length, .. host];
        byte[] message = [3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, 0, (byte)extension.Length, .. extension];
        return [22, 3, 1, 0, (byte)(message.Length + 4), 1, 0, 0, (byte)message.Length, .. message];
    }

    private static void Do(string work, int count)
    {
        var hello = ClientHello();
        var buffer = new byte[64 * 1024];
        for (var i = 0; i < (work == "connections" ? count : 1); i++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(Address);

            // No TIME_WAIT, which would use up the ports: closing resets.
            socket.LingerState = new LingerOption(true, 0);
            socket.Send(hello);
            socket.Receive(buffer);
            for (long left = work == "connections" ? 1 : count * 1_000_000L; left > 0;)
            {
                left -= socket.Send(buffer, (int)Math.Min(left, buffer.Length), SocketFlags.None);
            }

            socket.Shutdown(SocketShutdown.Send);
            socket.Receive(buffer);
        }
    }

    private static void Serve(Socket listener)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            using var connection = listener.Accept();

            // To the ClientHello comes an answer, as in TLS.
            connection.Receive(buffer);
            connection.Send(buffer, 1, SocketFlags.None);
            while (connection.Receive(buffer) > 0)
            {
            }

            connection.Send(buffer, 1, SocketFlags.None);

            // The other end resets, which is waited for: if this one closed first, that one would be in TIME_WAIT, and after 28,000 connections no
            // port were left. Its FIN came before, so there is always something to read.
            connection.Poll(Timeout.Infinite, SelectMode.SelectError);
        }
    }
}
