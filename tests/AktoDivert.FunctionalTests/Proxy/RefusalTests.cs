using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Policy;
using AktoDivert.Tests.Shared;
using static AktoDivert.FunctionalTests.Proxy.InterceptionTests;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>Apps that do not accept our certificate, in each way that was seen of real ones.</summary>
[TestClass]
public sealed class RefusalTests
{
    [TestMethod]
    [DataRow((byte)42, true)]
    [DataRow((byte)46, true)]
    [DataRow((byte)48, true)]
    [DataRow((byte)40, false)]
    public async Task An_alert_about_the_certificate_is_a_refusal_and_another_is_not(byte alert, bool isRefusal)
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var app = await HalfHandshakeAsync(proxy);
        Assert.IsGreaterThan(0, await app.ReceiveAsync(new byte[16 * 1024]));
        await app.SendAsync(new byte[] { 0x15, 3, 3, 0, 2, 2, alert });
        var flow = await proxy.NextEndedAsync();
        Assert.AreEqual(isRefusal ? ConnectionEndReason.AppRefusedCertificate : ConnectionEndReason.AppTlsFailed, flow.EndReason, flow.EndDetail);
        Assert.HasCount(isRefusal ? 1 : 0, proxy.Policy.Learned.Entries());
    }

    [TestMethod]
    [DataRow(SslProtocols.Tls12)]
    [DataRow(SslProtocols.Tls13)]
    public async Task A_client_that_pins_passes_through_from_the_third_connection_at_the_latest(SslProtocols version)
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        var pinning = ProxyUnderTest.ClientOptions(ProxyUnderTest.Host);
        pinning.EnabledSslProtocols = version;
        pinning.CertificateChainPolicy!.CustomTrustStore.Remove(ProxyUnderTest.DeviceAuthority.Root);
        for (var i = 0; i < 2; i++)
        {
            await using var refused = new SslStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true));
            await Assert.ThrowsAsync<AuthenticationException>(() => refused.AuthenticateAsClientAsync(pinning));
            refused.Close();
            await proxy.NextEndedAsync();
        }

        await using var app = new SslStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true));
        await app.AuthenticateAsClientAsync(pinning);
        Assert.AreEqual("pinned", await AskAsync(app, "pinned"));
        await proxy.NextClassifiedAsync();
        await proxy.NextClassifiedAsync();
        Assert.AreEqual(RuleSource.LearnedPassthrough, (await proxy.NextClassifiedAsync()).Decision!.Source);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Leaving_after_the_server_flight_is_a_refusal(bool reset)
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var app = await HalfHandshakeAsync(proxy);
        Assert.IsGreaterThan(0, await app.ReceiveAsync(new byte[16 * 1024]));
        app.LingerState = new(reset, 0);
        app.Close();
        Assert.AreEqual(ConnectionEndReason.AppRefusedCertificate, (await proxy.NextEndedAsync()).EndReason);
        Assert.HasCount(1, proxy.Policy.Learned.Entries());
    }

    [TestMethod]
    public async Task Leaving_before_the_server_flight_teaches_nothing()
    {
        using var gate = new SemaphoreSlim(0);
        var dialled = new TaskCompletionSource();
        await using var upstream = TestUpstream.Tcp(async socket =>
        {
            dialled.TrySetResult();
            await gate.WaitAsync();
            await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
            await tls.AuthenticateAsServerAsync(Good());
            await TestUpstream.EchoAsync(tls);
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        using var app = await HalfHandshakeAsync(proxy);
        await dialled.Task.WaitAsync(ProxyUnderTest.Patience);
        app.Close();
        gate.Release();
        Assert.AreEqual(ConnectionEndReason.AppAborted, (await proxy.NextEndedAsync()).EndReason);
        Assert.IsEmpty(proxy.Policy.Learned.Entries());
    }

    [TestMethod]
    public async Task The_second_silent_end_in_a_row_is_a_refusal()
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        Assert.AreEqual(ConnectionEndReason.Completed, await EndSilentlyAsync(proxy));
        Assert.IsEmpty(proxy.Policy.Learned.Entries());
        Assert.AreEqual(ConnectionEndReason.AppRefusedCertificate, await EndSilentlyAsync(proxy));
        Assert.HasCount(1, proxy.Policy.Learned.Entries());
    }

    [TestMethod]
    public async Task A_byte_in_between_clears_the_suspicion()
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await EndSilentlyAsync(proxy);
        await using (var app = await proxy.ConnectTlsAsync())
        {
            Assert.AreEqual("x", await AskAsync(app, "x"));
        }

        await proxy.NextEndedAsync();
        await EndSilentlyAsync(proxy);
        await EndSilentlyAsync(proxy);
        Assert.IsEmpty(proxy.Policy.Learned.Entries());
    }

    [TestMethod]
    public async Task A_server_that_closes_first_teaches_nothing()
    {
        await using var upstream = TestUpstream.Tls(Good(), (tls, _) => tls.ShutdownAsync());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        for (var i = 0; i < 3; i++)
        {
            await using (var app = await proxy.ConnectTlsAsync())
            {
                Assert.AreEqual(0, await app.ReadAsync(new byte[1]));
            }

            Assert.AreNotEqual(ConnectionEndReason.AppRefusedCertificate, (await proxy.NextEndedAsync()).EndReason);
        }

        Assert.IsEmpty(proxy.Policy.Learned.Entries());
    }

    private static async Task<ConnectionEndReason?> EndSilentlyAsync(ProxyUnderTest proxy)
    {
        await using (var app = await proxy.ConnectTlsAsync())
        {
            await app.ShutdownAsync();
        }

        return (await proxy.NextEndedAsync()).EndReason;
    }

    /// <summary>Sends a real ClientHello and leaves the rest to the test.</summary>
    private static async Task<Socket> HalfHandshakeAsync(ProxyUnderTest proxy)
    {
        var written = new TaskCompletionSource<byte[]>();
        await using var recorder = new SslStream(new FirstWriteStream(written));
        _ = recorder.AuthenticateAsClientAsync(ProxyUnderTest.ClientOptions(ProxyUnderTest.Host));
        var app = await proxy.ConnectAsync();
        await app.SendAsync(await written.Task);
        return app;
    }

    private sealed class FirstWriteStream(TaskCompletionSource<byte[]> written) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            written.TrySetResult(buffer.ToArray());
            return ValueTask.CompletedTask;
        }
    }
}
