using System.Net;
using System.Net.Sockets;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.FunctionalTests.Proxy;

[TestClass]
public sealed class TransportStreamTests
{
    [TestMethod]
    public async Task A_read_skips_one_wait_and_only_one()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint);
        using var peer = await listener.AcceptSocketAsync();
        using var transport = new TransportStream(StreamSocket.Over(socket));

        transport.BeginTlsRead(waits: false);
        Assert.IsTrue(transport.ReadAsync(Memory<byte>.Empty).AsTask().IsCompleted, "the relay has waited already");
        var second = transport.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.IsFalse(second.IsCompleted, "what was there was no data, so bytes must be waited for");
        await peer.SendAsync(new byte[1]);
        Assert.AreEqual(0, await second.WaitAsync(ProxyUnderTest.Patience));
        Assert.AreEqual(1, await transport.ReadAsync(new byte[8]));
        transport.EndTlsRead();

        transport.BeginTlsRead(waits: true);
        var waiting = transport.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.IsFalse(waiting.IsCompleted, "it is asked to wait");
        await peer.SendAsync(new byte[1]);
        Assert.AreEqual(0, await waiting.WaitAsync(ProxyUnderTest.Patience));
        transport.EndTlsRead();
    }
}
