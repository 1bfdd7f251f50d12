using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Tests.Shared;

namespace AktoDivert.FunctionalTests.Proxy;

[TestClass]
public sealed class TunnelTests
{
    [TestMethod]
    [DataRow("GET / HTTP/1.1\r\nHost: x\r\n\r\n", ConnectionClass.CleartextHttp)]
    [DataRow("SSH-2.0-x\r\n", ConnectionClass.Other)]
    [DataRow("\u0016\u0003\u0001\u00ff\u00ffgarbage", ConnectionClass.Other)]
    public async Task What_is_not_tls_is_tunnelled_at_once(string sent, ConnectionClass expected)
    {
        await using var upstream = TestUpstream.Tcp(async socket => await TestUpstream.EchoAsync(new NetworkStream(socket)));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { SilenceLimit = TimeSpan.FromMinutes(1), ClientHelloTimeout = TimeSpan.FromMinutes(1) });
        using (var app = await proxy.ConnectAsync())
        {
            var bytes = Encoding.Latin1.GetBytes(sent);
            await app.SendAsync(bytes);
            CollectionAssert.AreEqual(bytes, await ReceiveAsync(app, bytes.Length));
        }

        var flow = await proxy.NextEndedAsync();
        Assert.AreEqual(expected, flow.Class);
        Assert.AreEqual(RuleSource.Unsupported, flow.Decision!.Source);
        Assert.AreEqual((sent.Length, sent.Length), ((int)flow.BytesUp, (int)flow.BytesDown));
        Assert.AreEqual(ConnectionEndReason.Completed, flow.EndReason);
    }

    [TestMethod]
    public async Task A_server_that_speaks_first_is_heard_after_the_silence_limit()
    {
        await using var upstream = TestUpstream.Tcp(async socket =>
        {
            await socket.SendAsync("220 ready\r\n"u8.ToArray());
            await TestUpstream.EchoAsync(new NetworkStream(socket));
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var app = await proxy.ConnectAsync();
        var start = TimeProvider.System.GetTimestamp();
        Assert.AreEqual("220 ready\r\n", Encoding.ASCII.GetString(await ReceiveAsync(app, 11)));
        Assert.IsGreaterThan(TimeSpan.FromMilliseconds(900), TimeProvider.System.GetElapsedTime(start));
        await app.SendAsync("EHLO"u8.ToArray());
        Assert.AreEqual("EHLO", Encoding.ASCII.GetString(await ReceiveAsync(app, 4)));
        Assert.AreEqual(ConnectionClass.Silent, (await proxy.NextClassifiedAsync()).Class);
    }

    [TestMethod]
    public async Task A_hello_that_never_ends_is_tunnelled_after_its_limit()
    {
        await using var upstream = TestUpstream.Tcp(async socket => await TestUpstream.EchoAsync(new NetworkStream(socket)));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { ClientHelloTimeout = TimeSpan.FromMilliseconds(100) });
        using var app = await proxy.ConnectAsync();
        var half = new ClientHelloBuilder().ServerName(ProxyUnderTest.Host).Records()[..30];
        await app.SendAsync(half);
        CollectionAssert.AreEqual(half, await ReceiveAsync(app, half.Length));
        Assert.AreEqual(ConnectionClass.Other, (await proxy.NextClassifiedAsync()).Class);
    }

    [TestMethod]
    public async Task A_hello_that_comes_byte_by_byte_is_understood_and_replayed()
    {
        var hello = new ClientHelloBuilder().ServerName("elsewhere.test").Records(50);
        await using var upstream = TestUpstream.Tcp(async socket => await TestUpstream.EchoAsync(new NetworkStream(socket)));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var app = await proxy.ConnectAsync();
        foreach (var b in hello)
        {
            await app.SendAsync(new[] { b });
        }

        CollectionAssert.AreEqual(hello, await ReceiveAsync(app, hello.Length));
        var flow = await proxy.NextClassifiedAsync();
        Assert.AreEqual("elsewhere.test", flow.ClientHello!.ServerName);
        Assert.AreEqual(RuleSource.Default, flow.Decision!.Source);
        Assert.IsEmpty(proxy.Taps);
    }

    [TestMethod]
    public async Task A_hello_without_a_server_name_is_tunnelled_even_where_the_address_is_to_be_intercepted()
    {
        await using var upstream = TestUpstream.Tcp(async socket => await TestUpstream.EchoAsync(new NetworkStream(socket)));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        proxy.Policy.Publish(ProxyUnderTest.Snapshot(new PolicySettings { Patterns = [new ProxyPattern { Pattern = "127.0.0.0/8", Intercept = true }] }));
        using var app = await proxy.ConnectAsync();
        var hello = new ClientHelloBuilder().Records();
        await app.SendAsync(hello);
        await ReceiveAsync(app, hello.Length);
        var decision = (await proxy.NextClassifiedAsync()).Decision!;
        Assert.AreEqual((RuleSource.Unsupported, "127.0.0.0/8"), (decision.Source, decision.Rule));
    }

    [TestMethod]
    public async Task Encrypted_client_hellos_are_counted()
    {
        await using var upstream = TestUpstream.Tcp(async socket => await TestUpstream.EchoAsync(new NetworkStream(socket)));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var app = await proxy.ConnectAsync();
        await app.SendAsync(new ClientHelloBuilder().ServerName("outer.test").Extension(0xfe0d, 0).Records());
        Assert.IsTrue((await proxy.NextClassifiedAsync()).ClientHello!.HasEch);
        Assert.AreEqual(1, proxy.Counters["classify.ech.offered"]);
    }

    [TestMethod]
    public async Task Ten_megabytes_pass_with_half_close()
    {
        var bytes = WebUpstream.Bytes(10 * 1024 * 1024);
        await using var upstream = TestUpstream.Tcp(async socket =>
        {
            await using var stream = new NetworkStream(socket);
            var hash = await SHA256.HashDataAsync(stream);
            await stream.WriteAsync(hash);
            await stream.WriteAsync(bytes);
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var app = await proxy.ConnectAsync();
        await using var stream = new NetworkStream(app);
        await stream.WriteAsync(bytes);
        app.Shutdown(SocketShutdown.Send);
        CollectionAssert.AreEqual(SHA256.HashData(bytes), await ReceiveAsync(app, 32));
        var down = await ReceiveAsync(app, bytes.Length);
        Assert.IsTrue(down.AsSpan().SequenceEqual(bytes));
        Assert.AreEqual(0, await app.ReceiveAsync(new byte[1]));
    }

    [TestMethod]
    public async Task Bulk_waits_for_a_reader_that_is_slow_and_loses_nothing()
    {
        var bytes = WebUpstream.Bytes(24 * 1024 * 1024);
        await using var upstream = TestUpstream.Tcp(async socket =>
        {
            await socket.ReceiveAsync(new byte[4]);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(bytes);
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        var app = await proxy.ConnectAsync();
        await app.SendAsync("GET "u8.ToArray());

        // Nothing is read until everything in between is full, so the proxy meets a socket that takes no more.
        var full = bytes.Length / 2;
        Assert.IsLessThan(full, await StandstillAsync(app));
        var got = new byte[bytes.Length];
        for (var total = 0; total < got.Length;)
        {
            var read = await app.ReceiveAsync(got.AsMemory(total, Math.Min(got.Length - total, 200_000)));
            Assert.AreNotEqual(0, read);
            total += read;
        }

        Assert.IsTrue(got.AsSpan().SequenceEqual(bytes));
        Assert.AreEqual(0, await app.ReceiveAsync(new byte[1]));
        app.Dispose();
        Assert.AreEqual(bytes.Length, (await proxy.NextEndedAsync()).BytesDown);
    }

    [TestMethod]
    public async Task An_app_that_leaves_within_bulk_takes_the_server_with_it()
    {
        var ended = new TaskCompletionSource<bool>();
        await using var upstream = TestUpstream.Tcp(async socket =>
        {
            await socket.ReceiveAsync(new byte[4]);
            try
            {
                while (true)
                {
                    await socket.SendAsync(new byte[100_000]);
                }
            }
            catch (SocketException)
            {
                ended.SetResult(true);
            }
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using (var app = await proxy.ConnectAsync())
        {
            await app.SendAsync("GET "u8.ToArray());
            await ReceiveAsync(app, 4 * 1024 * 1024);
            app.LingerState = new(true, 0);
        }

        Assert.IsTrue(await ended.Task.WaitAsync(ProxyUnderTest.Patience));
        Assert.AreEqual(ConnectionEndReason.AppAborted, (await proxy.NextEndedAsync()).EndReason);
    }

    [TestMethod]
    public async Task A_reset_is_passed_on_as_a_reset()
    {
        await using var upstream = TestUpstream.Tcp(async socket =>
        {
            await socket.ReceiveAsync(new byte[4]);
            socket.LingerState = new(true, 0);
            socket.Close();
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var app = await proxy.ConnectAsync();
        await app.SendAsync("GET "u8.ToArray());
        var failure = await Assert.ThrowsAsync<SocketException>(() => app.ReceiveAsync(new byte[1]).WaitAsync(ProxyUnderTest.Patience));
        Assert.AreEqual(SocketError.ConnectionReset, failure.SocketErrorCode);
        Assert.AreEqual(ConnectionEndReason.UpstreamAborted, (await proxy.NextEndedAsync()).EndReason);
    }

    /// <summary>Waits until no more arrives at a socket that is not read.</summary>
    private static async Task<int> StandstillAsync(Socket socket)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var before = -1; ;)
        {
            await timer.WaitForNextTickAsync();
            var available = socket.Available;
            if (available == before && available > 0)
            {
                return available;
            }

            before = available;
        }
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        using var timeout = new CancellationTokenSource(ProxyUnderTest.Patience);
        for (var have = 0; have < count;)
        {
            var read = await socket.ReceiveAsync(bytes.AsMemory(have), SocketFlags.None, timeout.Token);
            Assert.AreNotEqual(0, read, $"ended after {have} of {count} bytes");
            have += read;
        }

        return bytes;
    }
}
