using System.Net.Sockets;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Tests.Shared;
using static AktoDivert.FunctionalTests.Proxy.InterceptionTests;

namespace AktoDivert.FunctionalTests.Proxy;

[TestClass]
public sealed class ListenerTests
{
    [TestMethod]
    public async Task The_engine_is_beaten_while_the_listeners_answer_and_no_longer()
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { HeartbeatInterval = TimeSpan.FromMilliseconds(50) });
        await UntilAsync(() => proxy.Redirector.Beats >= 3);
        Assert.AreEqual(0, proxy.Counters["proxy.orphan.unknown-flow"], "probes are no orphans");
        await proxy.StopAsync();
        var beats = proxy.Redirector.Beats;
        await Task.Delay(200);
        Assert.AreEqual(beats, proxy.Redirector.Beats);
    }

    [TestMethod]
    public async Task A_connection_that_nobody_redirected_is_closed_and_counted()
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        proxy.Redirector.Destination = null;
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            // The reset may come before this side has noticed that the connection stands.
            using var app = await proxy.ConnectAsync();
            await app.ReceiveAsync(new byte[1]).WaitAsync(ProxyUnderTest.Patience);
        });
        await UntilAsync(() => proxy.Counters["proxy.orphan.unknown-flow"] > 0);
        Assert.AreEqual(1, proxy.Counters["proxy.orphan.unknown-flow"]);
        Assert.AreEqual(0, upstream.Accepted);
    }

    [TestMethod]
    public async Task The_IPv6_listener_serves_too()
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var app = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await app.ConnectAsync(proxy.EndPointV6);
        await app.SendAsync(new ClientHelloBuilder().ServerName("elsewhere.test").Records());
        Assert.AreEqual("elsewhere.test", (await proxy.NextClassifiedAsync()).Host);
    }

    [TestMethod]
    public async Task Connections_beyond_the_limit_are_tunnelled()
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { MaxConnections = 1 });
        await using var first = await proxy.ConnectTlsAsync();
        await using var second = await proxy.ConnectTlsAsync();
        Assert.Contains("CN=Device", first.RemoteCertificate!.Issuer);
        Assert.Contains("CN=Servers", second.RemoteCertificate!.Issuer);
        Assert.AreEqual("x", await AskAsync(second, "x"));
        Assert.AreEqual(1, proxy.Counters["proxy.passthrough.connection-limit"]);
    }

    [TestMethod]
    public async Task Stopping_ends_running_connections_and_teaches_nothing()
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using var silent = await proxy.ConnectTlsAsync();
        await using var active = await proxy.ConnectTlsAsync();
        Assert.AreEqual("x", await AskAsync(active, "x"));
        using var passed = await proxy.ConnectAsync();
        await passed.SendAsync("GET "u8.ToArray());
        await UntilAsync(() => upstream.Accepted == 3);
        await proxy.StopAsync().WaitAsync(ProxyUnderTest.Patience);
        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual(ConnectionEndReason.AgentStopping, (await proxy.NextEndedAsync()).EndReason);
        }

        Assert.IsEmpty(proxy.Policy.Learned.Entries());
        await Assert.ThrowsAsync<IOException>(() => active.ReadAsync(new byte[1]).AsTask().WaitAsync(ProxyUnderTest.Patience));
        await Assert.ThrowsAsync<SocketException>(proxy.ConnectAsync);
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        var started = Environment.TickCount64;
        while (!condition())
        {
            Assert.IsLessThan(ProxyUnderTest.Patience.TotalMilliseconds, Environment.TickCount64 - started, "the condition did not come true in time");
            await Task.Delay(10);
        }
    }
}
