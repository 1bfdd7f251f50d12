using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Proxy.Relay;
using AktoDivert.Tests.Shared;
using static AktoDivert.FunctionalTests.Proxy.InterceptionTests;

namespace AktoDivert.FunctionalTests.Proxy;

[TestClass]
public sealed class RelayTests
{
    private const int TenMegabytes = 10 * 1024 * 1024;

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task Ten_megabytes_arrive_unchanged_both_ways(string version)
    {
        await using var upstream = await WebUpstream.StartAsync(ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var client = proxy.HttpClient(Version.Parse(version));
        var bytes = WebUpstream.Bytes(TenMegabytes);

        using var up = await client.PostAsync("/hash", new ByteArrayContent(bytes));
        Assert.AreEqual(Convert.ToHexString(SHA256.HashData(bytes)), await up.Content.ReadAsStringAsync());

        var down = await client.GetByteArrayAsync($"/bytes?n={TenMegabytes}");
        Assert.IsTrue(down.AsSpan().SequenceEqual(bytes));
        Assert.AreEqual(version == "2.0" ? "h2" : "", proxy.Taps.First().Flow.NegotiatedProtocol, "the client offers no ALPN for HTTP/1.1");
    }

    [TestMethod]
    public async Task A_hundred_parallel_h2_streams_share_one_connection()
    {
        await using var upstream = await WebUpstream.StartAsync(ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var client = proxy.HttpClient(HttpVersion.Version20);
        await client.GetByteArrayAsync("/bytes?n=1");
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            var body = WebUpstream.Bytes(20_000 + i);
            using var response = await client.PostAsync("/echo", new ByteArrayContent(body));
            return (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body);
        }));
        Assert.AreEqual(100, answers.Count(equal => equal));
        Assert.HasCount(1, proxy.Taps);
    }

    [TestMethod]
    public async Task WebSocket_messages_are_echoed()
    {
        await using var upstream = await WebUpstream.StartAsync(ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var client = proxy.HttpClient(HttpVersion.Version11);
        using var socket = new ClientWebSocket();
        using var timeout = new CancellationTokenSource(ProxyUnderTest.Patience);
        await socket.ConnectAsync(new($"wss://{ProxyUnderTest.Host}/ws"), client, timeout.Token);
        foreach (var size in (int[])[1, 200, 60_000])
        {
            var sent = WebUpstream.Bytes(size);
            await socket.SendAsync(sent, WebSocketMessageType.Binary, true, timeout.Token);
            var received = new byte[size];
            var count = 0;
            while (count < size)
            {
                count += (await socket.ReceiveAsync(received.AsMemory(count), timeout.Token)).Count;
            }

            CollectionAssert.AreEqual(sent, received);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", timeout.Token);
        Assert.AreEqual(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task The_first_event_arrives_before_the_second_is_sent(string version)
    {
        await using var upstream = await WebUpstream.StartAsync(ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var client = proxy.HttpClient(Version.Parse(version));
        using var timeout = new CancellationTokenSource(ProxyUnderTest.Patience);
        await using var events = await client.GetStreamAsync("/events", timeout.Token);
        using var reader = new StreamReader(events);
        upstream.NextEvent.Release();
        Assert.AreEqual("data: 1", await reader.ReadLineAsync(timeout.Token));
        upstream.NextEvent.Release();
        Assert.AreEqual("", await reader.ReadLineAsync(timeout.Token));
        Assert.AreEqual("data: 2", await reader.ReadLineAsync(timeout.Token));
    }

    [TestMethod]
    public async Task A_request_is_observed_before_it_is_sent_on()
    {
        var observed = 0;
        var observedAtArrival = -1;
        await using var upstream = TestUpstream.Tls(Good(), async (tls, _) =>
        {
            await tls.ReadExactlyAsync(new byte[4]);
            observedAtArrival = Volatile.Read(ref observed);
            await tls.WriteAsync("done"u8.ToArray());
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        proxy.OnFeed = _ => Interlocked.Increment(ref observed);
        await using var app = await proxy.ConnectTlsAsync();
        Assert.AreEqual("done", await AskAsync(app, "ping"));
        Assert.AreEqual(1, observedAtArrival);
    }

    [TestMethod]
    public async Task An_end_by_close_notify_leaves_the_other_direction_open()
    {
        await using var upstream = TestUpstream.Tls(Good(), async (tls, _) =>
        {
            using var all = new MemoryStream();
            await tls.CopyToAsync(all);
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"got {all.Length}"));
            await tls.ShutdownAsync();
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using var app = await proxy.ConnectTlsAsync();
        await app.WriteAsync(new byte[100_000]);
        await app.ShutdownAsync();
        using var reader = new StreamReader(app);
        Assert.AreEqual("got 100000", await reader.ReadToEndAsync().WaitAsync(ProxyUnderTest.Patience));
    }

    [TestMethod]
    public async Task A_bare_FIN_is_passed_on_as_a_bare_FIN()
    {
        await using var upstream = TestUpstream.Tls(Good(), async (tls, socket) =>
        {
            await tls.WriteAsync("part"u8.ToArray());
            socket.Shutdown(SocketShutdown.Send);
            await tls.ReadExactlyAsync(new byte[1]);
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using var counting = new CountingStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true));
        await using var app = new SslStream(counting);
        await app.AuthenticateAsClientAsync(ProxyUnderTest.ClientOptions(ProxyUnderTest.Host));
        await app.ReadExactlyAsync(new byte[4]);
        var before = counting.Received;
        Assert.AreEqual(0, await app.ReadAsync(new byte[1]).AsTask().WaitAsync(ProxyUnderTest.Patience));
        Assert.AreEqual(before, counting.Received, "no alert record came before the FIN");
    }

    [TestMethod]
    public async Task A_reset_of_the_server_resets_the_app()
    {
        await using var upstream = TestUpstream.Tls(Good(), async (tls, socket) =>
        {
            await tls.ReadExactlyAsync(new byte[1]);
            await tls.WriteAsync("part"u8.ToArray());
            socket.LingerState = new(true, 0);
            socket.Close();
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using var app = await proxy.ConnectTlsAsync();
        await app.WriteAsync("x"u8.ToArray());
        await app.ReadExactlyAsync(new byte[4]);
        var failure = await Assert.ThrowsAsync<IOException>(() => app.ReadAsync(new byte[1]).AsTask().WaitAsync(ProxyUnderTest.Patience));
        Assert.AreEqual(SocketError.ConnectionReset, ((SocketException)failure.GetBaseException()).SocketErrorCode);
        Assert.AreEqual(ConnectionEndReason.UpstreamAborted, (await proxy.NextEndedAsync()).EndReason);
        Assert.IsEmpty(proxy.Policy.Learned.Entries());
    }

    [TestMethod]
    public async Task A_reset_of_the_app_resets_the_server()
    {
        var fault = new TaskCompletionSource<Exception>();
        var arrived = new TaskCompletionSource();
        await using var upstream = TestUpstream.Tls(Good(), async (tls, _) =>
        {
            await tls.ReadExactlyAsync(new byte[1]);
            arrived.SetResult();
            try
            {
                await tls.ReadExactlyAsync(new byte[1]);
            }
            catch (IOException e)
            {
                fault.SetResult(e);
            }
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        var socket = await proxy.ConnectAsync();
        await using var app = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await app.AuthenticateAsClientAsync(ProxyUnderTest.ClientOptions(ProxyUnderTest.Host));
        await app.WriteAsync("x"u8.ToArray());
        await arrived.Task.WaitAsync(ProxyUnderTest.Patience);
        socket.LingerState = new(true, 0);
        socket.Close();
        var seen = (await fault.Task.WaitAsync(ProxyUnderTest.Patience)).GetBaseException();
        Assert.AreEqual(SocketError.ConnectionReset, (seen as SocketException)?.SocketErrorCode, seen.Message);
        Assert.AreEqual(ConnectionEndReason.AppAborted, (await proxy.NextEndedAsync()).EndReason);
    }

    [TestMethod]
    public async Task A_slow_reader_holds_back_the_server()
    {
        var written = 0L;
        await using var upstream = TestUpstream.Tls(Good(), async (tls, _) =>
        {
            var block = new byte[64 * 1024];
            for (var i = 0; i < 1024; i++)
            {
                await tls.WriteAsync(block);
                Interlocked.Add(ref written, block.Length);
            }
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using var app = await proxy.ConnectTlsAsync();
        await app.ReadExactlyAsync(new byte[1]);
        var last = -1L;
        var started = Environment.TickCount64;
        while (last != Interlocked.Read(ref written) && Environment.TickCount64 - started < 20_000)
        {
            last = Interlocked.Read(ref written);
            await Task.Delay(300);
        }

        Assert.IsLessThan(64L * 1024 * 1024, last, "the server could write everything although nobody read");
        await app.ReadExactlyAsync(new byte[(64 * 1024 * 1024) - 1]).AsTask().WaitAsync(ProxyUnderTest.Patience);
    }

    [TestMethod]
    public async Task The_pumps_wait_for_nothing_but_their_sockets()
    {
        // While one tap call hangs, as a blocking sink would make it, every other connection goes on.
        using var hang = new ManualResetEventSlim();
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        var first = 1;
        proxy.OnFeed = direction =>
        {
            if (direction == RelayDirection.Up && Interlocked.Exchange(ref first, 0) == 1)
            {
                hang.Wait(ProxyUnderTest.Patience);
            }
        };
        await using var stuck = await proxy.ConnectTlsAsync();
        await stuck.WriteAsync("x"u8.ToArray());
        for (var i = 0; i < 5; i++)
        {
            await using var other = await proxy.ConnectTlsAsync();
            Assert.AreEqual("free", await AskAsync(other, "free"));
        }

        Assert.IsFalse(hang.IsSet);
        hang.Set();
        await stuck.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(ProxyUnderTest.Patience);
    }
}
