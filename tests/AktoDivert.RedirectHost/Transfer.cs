using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AktoDivert.RedirectHost;

/// <summary>Sends data to an echo server over connections at once, each closed for sending before its end is read, and compares hashes.</summary>
internal static class Transfer
{
    private const int Megabyte = 1024 * 1024;

    /// <summary>Runs. Options: <c>local=PORT</c>, <c>abort</c> (reset instead of an end), <c>idle=SECONDS</c> before the data.</summary>
    internal static async Task<int> RunAsync(IPEndPoint server, int megabytes, int connections, string[] options)
    {
        var results = await Task.WhenAll(Enumerable.Range(0, connections).Select(number => OneAsync(server, megabytes, number, options)));
        Console.WriteLine($"equal={results.Count(equal => equal)}");
        return results.All(equal => equal) ? 0 : 1;
    }

    private static async Task<bool> OneAsync(IPEndPoint server, int megabytes, int number, string[] options)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (Option(options, "local") is { } local)
        {
            var any = server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
            socket.Bind(new IPEndPoint(any, local));
        }

        await socket.ConnectAsync(server);
        if (Option(options, "idle") is { } seconds)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds));
        }

        var data = new byte[megabytes == 0 ? 1000 : Megabyte];
        new Random(number).NextBytes(data);

        // Never what a TLS record begins with: that would have to be a ClientHello.
        data[0] = 0;
        var sent = SendAsync(socket, data, Math.Max(1, megabytes), options);
        var received = await ReceiveAsync(socket, (long)data.Length * Math.Max(1, megabytes), options.Contains("abort"));
        if (options.Contains("abort"))
        {
            socket.LingerState = new LingerOption(true, 0);
        }

        return (await sent).AsSpan().SequenceEqual(received);
    }

    private static async Task<byte[]> SendAsync(Socket socket, byte[] data, int times, string[] options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < times; i++)
        {
            hash.AppendData(data);
            for (var offset = 0; offset < data.Length;)
            {
                offset += await socket.SendAsync(data.AsMemory(offset));
            }
        }

        if (!options.Contains("abort"))
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        return hash.GetHashAndReset();
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, long expected, bool stopAtLength)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[65_536];
        int count;
        for (long total = 0; !(stopAtLength && total == expected) && (count = await socket.ReceiveAsync(buffer)) > 0; total += count)
        {
            hash.AppendData(buffer, 0, count);
        }

        return hash.GetHashAndReset();
    }

    private static int? Option(string[] options, string name) =>
        options.FirstOrDefault(option => option.StartsWith(name + "=", StringComparison.Ordinal)) is { } found
            ? int.Parse(found.AsSpan(name.Length + 1), CultureInfo.InvariantCulture)
            : null;
}
