using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.FunctionalTests.Proxy;

[TestClass]
public sealed class TlsEndTests
{
    private const int Records = 40;
    private const int RecordBytes = 500;

    /// <summary>
    /// A close_notify is sent while the other side's bytes come in, at another moment each time. Without turns about one in thirty of these
    /// fails, and some thousands of them end the process: both go to one OpenSSL object.
    /// </summary>
    [TestMethod]
    public async Task An_end_beside_a_read_loses_nothing()
    {
        var random = new Random(1);
        using var certificate = ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        for (var round = 0; round < 200; round++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(listener.LocalEndpoint);
            using var peerSocket = await listener.AcceptSocketAsync();
            peerSocket.NoDelay = true;
            await using var peer = new SslStream(new NetworkStream(peerSocket));
            using var stream = StreamSocket.Over(socket);
            using var transport = new TransportStream(stream);
            using var end = new TlsEnd(stream, transport, new SslStream(transport));
            await Task.WhenAll(
                peer.AuthenticateAsServerAsync(certificate),
                end.Tls.AuthenticateAsClientAsync(ProxyUnderTest.ClientOptions(ProxyUnderTest.Host)));

            var sending = Task.Run(async () =>
            {
                var record = new byte[RecordBytes];
                for (var i = 0; i < Records; i++)
                {
                    await peer.WriteAsync(record);
                }

                await peer.ShutdownAsync();
            });
            var reading = Task.Run(() => CountAsync(end));
            Thread.SpinWait(random.Next(3000));
            await end.SendCloseNotifyAsync();
            await sending.WaitAsync(ProxyUnderTest.Patience);
            Assert.AreEqual(Records * RecordBytes, await reading.WaitAsync(ProxyUnderTest.Patience), $"round {round}");
            var rest = await peer.ReadAsync(new byte[1]).AsTask().WaitAsync(ProxyUnderTest.Patience);
            Assert.AreEqual(0, rest, "the end comes as close_notify: the socket is open still");
        }
    }

    private static async Task<int> CountAsync(TlsEnd end)
    {
        var buffer = new byte[16 * 1024];
        var total = 0;
        while (true)
        {
            // As the relay does: waits first, so that both kinds of reading are tried.
            await end.ReadAsync(Memory<byte>.Empty);
            var count = await end.ReadAsync(buffer);
            if (count == 0)
            {
                return total;
            }

            total += count;
        }
    }
}
