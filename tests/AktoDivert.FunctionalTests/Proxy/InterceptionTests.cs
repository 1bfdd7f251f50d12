using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Policy;
using AktoDivert.Tests.Shared;

namespace AktoDivert.FunctionalTests.Proxy;

[TestClass]
public sealed class InterceptionTests
{
    private const string Host = ProxyUnderTest.Host;

    [TestMethod]
    public async Task An_intercepted_connection_shows_our_leaf_and_passes_bytes_unchanged()
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using (var app = await proxy.ConnectTlsAsync())
        {
            Assert.Contains("CN=Device", app.RemoteCertificate!.Issuer);
            Assert.AreEqual("hello", await AskAsync(app, "hello"));
        }

        var flow = await proxy.NextEndedAsync();
        Assert.AreEqual(RuleSource.AiDomain, flow.Decision!.Source);
        Assert.AreEqual(ConnectionEndReason.Completed, flow.EndReason, flow.EndDetail);
        Assert.AreEqual((5L, 5L), (flow.BytesUp, flow.BytesDown));
        Assert.AreEqual("", flow.NegotiatedProtocol);
        Assert.StartsWith("t13d", flow.ClientHello!.Ja4);
        Assert.IsTrue(proxy.Taps.TryDequeue(out var tap));
        Assert.AreEqual("hello", Encoding.ASCII.GetString(tap.Up));
        Assert.AreEqual("hello", Encoding.ASCII.GetString(tap.Down));
        Assert.HasCount(2, tap.Ends);
        Assert.AreEqual(1, tap.Closes);
    }

    [TestMethod]
    [DataRow(SslProtocols.Tls12)]
    [DataRow(SslProtocols.Tls13)]
    public async Task Both_protocol_versions_work_on_either_side(SslProtocols version)
    {
        var options = Good();
        options.EnabledSslProtocols = version;
        await using var upstream = Echo(options);
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        var client = ProxyUnderTest.ClientOptions(Host);
        client.EnabledSslProtocols = version == SslProtocols.Tls12 ? SslProtocols.Tls13 : SslProtocols.Tls12;
        await using var app = new SslStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true));
        await app.AuthenticateAsClientAsync(client);
        Assert.AreEqual("x", await AskAsync(app, "x"));
    }

    [TestMethod]
    [DataRow("h2,http/1.1", "http/1.1,h2", "http/1.1")]
    [DataRow("h2,http/1.1", "h2", "h2")]
    [DataRow("h2,http/1.1", "", "")]
    [DataRow("", "h2", "")]
    [DataRow("acme-tls/1,dot", "dot", "dot")]
    public async Task The_app_is_told_the_protocol_that_the_server_chose(string offered, string served, string expected)
    {
        var options = Good();
        options.ApplicationProtocols = Protocols(served) is { Length: > 0 } protocols ? [.. protocols] : null;
        await using var upstream = Echo(options);
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using var app = await proxy.ConnectTlsAsync(Host, Protocols(offered));
        Assert.AreEqual(expected, app.NegotiatedApplicationProtocol.ToString());
        Assert.AreEqual(expected, (await proxy.NextClassifiedAsync()).NegotiatedProtocol ?? expected);
    }

    [TestMethod]
    [DataRow("expired", "expired")]
    [DataRow("wrong-name", "wrong name")]
    [DataRow("self-signed", "unknown issuer")]
    [DataRow("unknown-authority", "unknown issuer")]
    public async Task A_certificate_no_browser_accepts_gives_the_app_a_tls_failure(string kind, string fault)
    {
        using var stranger = new TestCertificates("Stranger");
        var certificate = kind switch
        {
            "expired" => ProxyUnderTest.UpstreamAuthority.Expired(Host),
            "wrong-name" => ProxyUnderTest.UpstreamAuthority.Leaf("other.test"),
            "self-signed" => ProxyUnderTest.UpstreamAuthority.SelfSigned(Host),
            _ => stranger.Leaf(Host),
        };
        await using var upstream = Echo(Good(certificate));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using var app = new SslStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true));
        var failure = await Assert.ThrowsAsync<AuthenticationException>(() => app.AuthenticateAsClientAsync(Host));
        Assert.Contains("certificate unknown", failure.GetBaseException().Message);
        app.Close();

        var flow = await proxy.NextEndedAsync();
        Assert.AreEqual(ConnectionEndReason.UpstreamCertificateInvalid, flow.EndReason);
        Assert.Contains(fault, flow.EndDetail!);
        Assert.IsEmpty(proxy.Policy.Learned.Entries());
        Assert.AreEqual(1, upstream.Accepted);
    }

    [TestMethod]
    [DataRow(SslProtocols.Tls12, true)]
    [DataRow(SslProtocols.Tls13, true)]
    [DataRow(SslProtocols.Tls13, false)]
    public async Task A_server_that_wants_a_client_certificate_gets_the_apps_own(SslProtocols version, bool authorityNamed)
    {
        using var authority = new TestCertificates("Clients");
        var clientCertificate = authority.Leaf("client.test");
        var options = Good();
        options.EnabledSslProtocols = version;
        options.ClientCertificateRequired = true;
        options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == clientCertificate.GetCertHashString();
        if (authorityNamed)
        {
            var trust = SslCertificateTrust.CreateForX509Collection([authority.Root], sendTrustInHandshake: true);
            options.ServerCertificateContext = SslStreamCertificateContext.Create((X509Certificate2)options.ServerCertificate!, [], offline: true, trust);
            options.ServerCertificate = null;
        }

        await using var upstream = Echo(options);
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        var client = ProxyUnderTest.ClientOptions(Host);
        client.ClientCertificates = [clientCertificate];
        await using (var app = new SslStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true)))
        {
            await app.AuthenticateAsClientAsync(client);
            Assert.AreEqual("mutual", await AskAsync(app, "mutual"));
            Assert.Contains("CN=Servers", app.RemoteCertificate!.Issuer);
        }

        var flow = await proxy.NextEndedAsync();
        Assert.AreEqual((RuleSource.Unsupported, ".ai.test"), (flow.Decision!.Source, flow.Decision.Rule));
        Assert.Contains("client certificate", proxy.Policy.Learned.Find(ProxyUnderTest.Process, Host)!.Reason);
        Assert.AreEqual(RuleSource.LearnedPassthrough, (await PassAsync(proxy)).Decision!.Source);
    }

    [TestMethod]
    public async Task A_server_whose_tls_fails_otherwise_is_left_to_the_app()
    {
        await using var upstream = TestUpstream.Tcp(async socket =>
        {
            await socket.ReceiveAsync(new byte[4096]);
            await socket.SendAsync(new byte[] { 0x15, 3, 3, 0, 2, 2, 40 });
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using var app = new SslStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true));
        var failure = await Assert.ThrowsAsync<AuthenticationException>(() => app.AuthenticateAsClientAsync(ProxyUnderTest.ClientOptions(Host)));
        Assert.Contains("handshake failure", failure.GetBaseException().Message);
        Assert.AreEqual(2, upstream.Accepted);
        Assert.AreEqual(1, proxy.Counters["intercept.fallback.upstream-tls"]);
        Assert.IsEmpty(proxy.Policy.Learned.Entries());
    }

    [TestMethod]
    public async Task A_name_the_device_authority_does_not_cover_passes_through()
    {
        await using var upstream = Echo(Good(ProxyUnderTest.UpstreamAuthority.Leaf("x.uncovered.test")));
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        proxy.Policy.Publish(ProxyUnderTest.Snapshot(new PolicySettings { AiDomains = ["uncovered.test"] }));
        await using var app = await proxy.ConnectTlsAsync("x.uncovered.test");
        Assert.Contains("CN=Servers", app.RemoteCertificate!.Issuer);
        var flow = await proxy.NextClassifiedAsync();
        Assert.AreEqual((RuleSource.Unsupported, ".uncovered.test"), (flow.Decision!.Source, flow.Decision.Rule));
    }

    [TestMethod]
    public async Task A_destination_that_refuses_resets_the_app()
    {
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var proxy = await ProxyUnderTest.StartAsync((IPEndPoint)unused.LocalEndPoint!);
        await using var app = new SslStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true));
        var failure = await Assert.ThrowsAsync<IOException>(() => app.AuthenticateAsClientAsync(ProxyUnderTest.ClientOptions(Host)));
        Assert.AreEqual(SocketError.ConnectionReset, ((SocketException)failure.GetBaseException()).SocketErrorCode);
        var flow = await proxy.NextEndedAsync();
        Assert.AreEqual(ConnectionEndReason.UpstreamUnreachable, flow.EndReason);
        Assert.AreEqual((InterceptAction.Intercept, RuleSource.AiDomain, ".ai.test"), (flow.Decision!.Action, flow.Decision.Source, flow.Decision.Rule));
    }

    [TestMethod]
    public async Task Both_sides_resume_sessions()
    {
        // The runtime keeps client sessions by server name for the whole process: a name of its own, or a test beside this one replaces them.
        const string Host = "resumes.ai.test";
        var options = Good(ProxyUnderTest.UpstreamAuthority.Leaf(Host));
        var resumed = new List<long>();
        await using var upstream = TestUpstream.Tcp(async socket =>
        {
            await using var counting = new CountingStream(new NetworkStream(socket, ownsSocket: false));
            await using var tls = new SslStream(counting);
            await tls.AuthenticateAsServerAsync(options);
            lock (resumed)
            {
                resumed.Add(counting.Written);
            }

            await TestUpstream.EchoAsync(tls);
        });
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        var client = ProxyUnderTest.ClientOptions(Host);
        var received = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            await using var counting = new CountingStream(new NetworkStream(await proxy.ConnectAsync(), ownsSocket: true));
            await using var app = new SslStream(counting);
            await app.AuthenticateAsClientAsync(client);
            received.Add(counting.Received);
            Assert.AreEqual("x", await AskAsync(app, "x"));
            await app.ShutdownAsync();
        }

        // A resumed handshake carries no certificate, so its flight is much shorter.
        Assert.IsLessThan(received[0] / 2, received[3], $"app's side: {string.Join(' ', received)}");
        Assert.IsLessThan(resumed[0] * 2 / 3, resumed[3], $"server's side: {string.Join(' ', resumed)}");
    }

    [TestMethod]
    public async Task A_policy_change_leaves_running_streams_alone_and_governs_new_ones()
    {
        await using var upstream = Echo(Good());
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint);
        await using var running = await proxy.ConnectTlsAsync();
        Assert.AreEqual("before", await AskAsync(running, "before"));
        proxy.Policy.Publish(ProxyUnderTest.Snapshot(new PolicySettings
        {
            AiDomains = ["ai.test"],
            Patterns = [new ProxyPattern { Pattern = Host, Intercept = false }],
        }));
        Assert.AreEqual("after", await AskAsync(running, "after"));
        await using var fresh = await proxy.ConnectTlsAsync();
        Assert.Contains("CN=Servers", fresh.RemoteCertificate!.Issuer);
        Assert.AreEqual("new", await AskAsync(fresh, "new"));
        Assert.AreEqual("still", await AskAsync(running, "still"));
        Assert.IsTrue((await proxy.NextClassifiedAsync()).Decision!.Intercepts);
        Assert.AreEqual(RuleSource.ProxyPattern, (await proxy.NextClassifiedAsync()).Decision!.Source);
    }

    internal static SslServerAuthenticationOptions Good(X509Certificate2? certificate = null) => new()
    {
        ServerCertificate = certificate ?? ProxyUnderTest.UpstreamAuthority.Leaf(Host),
    };

    internal static TestUpstream Echo(SslServerAuthenticationOptions options) => TestUpstream.Tls(options, (tls, _) => TestUpstream.EchoAsync(tls));

    internal static async Task<string> AskAsync(Stream stream, string text)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        var answer = new byte[text.Length];
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(ProxyUnderTest.Patience);
        return Encoding.ASCII.GetString(answer);
    }

    private static async Task<Core.Flows.Flow> PassAsync(ProxyUnderTest proxy)
    {
        using var app = await proxy.ConnectAsync();
        await app.SendAsync(new ClientHelloBuilder().ServerName(Host).Records());
        app.Shutdown(SocketShutdown.Send);
        return await proxy.NextEndedAsync();
    }

    private static SslApplicationProtocol[] Protocols(string list) =>
        [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => new SslApplicationProtocol(p))];
}
