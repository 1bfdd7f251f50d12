using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using AktoDivert.Lab.Network;
using AktoDivert.Lab.Upstream;
using AktoDivert.Lab.Upstream.Shapes;
using Microsoft.AspNetCore.Builder;

namespace AktoDivert.FunctionalTests.Lab;

/// <summary>The lab's servers on loopback, spoken to over real TLS.</summary>
[TestClass]
public sealed class UpstreamServersTests : IAsyncDisposable
{
    private readonly RequestLog _log = new();
    private ServerCertificates _certificates = null!;
    private WebApplication _servers = null!;
    private int _port;

    public required TestContext TestContext { get; init; }

    [TestInitialize]
    public async Task StartAsync()
    {
        _certificates = new ServerCertificates(TimeProvider.System);
        _servers = UpstreamServers.Create(_certificates, _log, 0);
        await _servers.StartAsync(TestContext.CancellationToken);
        _port = new Uri(_servers.Urls.Single().Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _servers.DisposeAsync();
        _certificates.Dispose();
    }

    [TestMethod]
    [DataRow("1.1")]
    [DataRow("2.0")]
    public async Task What_arrives_and_what_is_answered_is_hashed_alike_on_both_ends(string version)
    {
        using var client = Client();
        var body = RandomNumberGenerator.GetBytes(300_000);
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://api.openai.com/echo") { Version = new Version(version), Content = new ByteArrayContent(body) };
        request.Headers.Add("x-lab-call", "abc");
        using var response = await client.SendAsync(request, TestContext.CancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(TestContext.CancellationToken);
        var seen = _log.Read("abc", 0).Single();
        Assert.AreEqual(new Version(version), response.Version);
        Assert.AreEqual(Hash(body), seen.RequestSha256);
        Assert.AreEqual(Hash(answer), seen.ResponseSha256);
        Assert.AreEqual(Hash(body), JsonDocument.Parse(answer).RootElement.GetProperty("sha256").GetString());
    }

    [TestMethod]
    public async Task A_download_has_the_hash_it_announces()
    {
        using var client = Client();
        using var response = await client.GetAsync(new Uri("https://api.openai.com/bytes/1000001"), TestContext.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.CancellationToken);
        Assert.HasCount(1_000_001, body);
        Assert.AreEqual(response.Headers.GetValues("x-lab-sha256").Single(), Hash(body));
    }

    [TestMethod]
    public async Task Events_come_one_by_one()
    {
        using var client = Client();
        using var response = await client.GetAsync(new Uri("https://api.openai.com/sse?n=2&ms=2000"), HttpCompletionOption.ResponseHeadersRead, TestContext.CancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.CancellationToken));
        Assert.AreEqual("data: {\"number\":0}", await lines.ReadLineAsync(TestContext.CancellationToken));
        var first = Stopwatch.GetTimestamp();
        await lines.ReadLineAsync(TestContext.CancellationToken);
        Assert.AreEqual("data: {\"number\":1}", await lines.ReadLineAsync(TestContext.CancellationToken));
        Assert.IsGreaterThan(TimeSpan.FromSeconds(1), Stopwatch.GetElapsedTime(first));
    }

    [TestMethod]
    public async Task Anthropic_streams_compressed_events_and_the_log_hashes_them_plain()
    {
        using var client = Client();
        client.DefaultRequestHeaders.Add("accept-encoding", "gzip");
        client.DefaultRequestHeaders.Add("x-api-key", CallIdentity.MakeKey("c0ffee"));
        using var response = await client.PostAsJsonAsync(new Uri("https://api.anthropic.com/v1/messages"), new { model = "m", stream = true }, TestContext.CancellationToken);
        await using var inflated = new GZipStream(await response.Content.ReadAsStreamAsync(TestContext.CancellationToken), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        await inflated.CopyToAsync(plain, TestContext.CancellationToken);
        var text = Encoding.UTF8.GetString(plain.ToArray());
        StringAssert.StartsWith(text, "event: message_start\n");
        StringAssert.EndsWith(text, "data: {\"type\":\"message_stop\"}\n\n");
        Assert.AreEqual(Hash(plain.ToArray()), _log.Read("c0ffee", 0).Single().ResponseSha256);
    }

    [TestMethod]
    public async Task Codex_gets_its_turn_over_a_compressed_websocket()
    {
        using var invoker = new HttpMessageInvoker(Handler());
        using var socket = new ClientWebSocket();
        socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        await socket.ConnectAsync(new Uri("wss://api.openai.com/v1/responses"), invoker, TestContext.CancellationToken);
        await socket.SendAsync("""{"type":"response.create","model":"gpt-5"}"""u8.ToArray(), WebSocketMessageType.Text, true, TestContext.CancellationToken);
        var buffer = new byte[64 * 1024];
        var text = "";
        for (var type = ""; type != "response.completed";)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), TestContext.CancellationToken);
            Assert.IsTrue(received.EndOfMessage);
            using var message = JsonDocument.Parse(buffer.AsMemory(0, received.Count));
            type = message.RootElement.GetProperty("type").GetString()!;
            text += type == "response.output_text.delta" ? message.RootElement.GetProperty("delta").GetString() : "";
        }

        Assert.AreEqual(Answers.Text, text);
    }

    [TestMethod]
    public async Task A_client_that_must_not_use_websockets_is_told_so()
    {
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.openai.com/v1/responses") { Version = HttpVersion.Version11 };
        request.Headers.Add("authorization", $"Bearer {CallIdentity.MakeKey("c0ffee", webSockets: false)}");
        request.Headers.Add("connection", "Upgrade");
        request.Headers.Add("upgrade", "websocket");
        request.Headers.Add("sec-websocket-version", "13");
        request.Headers.Add("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var response = await client.SendAsync(request, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.AreEqual("c0ffee", _log.Read(null, 0).Single().Call);
    }

    [TestMethod]
    [DataRow("api.anthropic.com", SslPolicyErrors.None)]
    [DataRow("expired.anthropic.com", SslPolicyErrors.RemoteCertificateChainErrors)]
    [DataRow("wrongname.anthropic.com", SslPolicyErrors.RemoteCertificateNameMismatch)]
    [DataRow("selfsigned.anthropic.com", SslPolicyErrors.RemoteCertificateChainErrors)]
    [DataRow("untrusted.anthropic.com", SslPolicyErrors.RemoteCertificateChainErrors)]
    public async Task Each_certificate_has_the_fault_its_name_says_and_no_other(string host, SslPolicyErrors expected)
    {
        var found = SslPolicyErrors.None;
        using var tls = await ConnectAsync(host, new SslClientAuthenticationOptions
        {
            TargetHost = host,
            CertificateChainPolicy = Trust(),
            RemoteCertificateValidationCallback = (_, _, _, errors) => (found = errors) == errors,
        });
        Assert.AreEqual(expected, found);
    }

    [TestMethod]
    public async Task Protocols_are_the_hosts_own()
    {
        using var old = await ConnectAsync("tls12.anthropic.com", new SslClientAuthenticationOptions { TargetHost = "tls12.anthropic.com", CertificateChainPolicy = Trust() });
        Assert.AreEqual(SslProtocols.Tls12, old.SslProtocol);
        using var h1 = await ConnectAsync("h1.anthropic.com", new SslClientAuthenticationOptions
        {
            TargetHost = "h1.anthropic.com",
            CertificateChainPolicy = Trust(),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        });
        Assert.AreEqual(SslApplicationProtocol.Http11, h1.NegotiatedApplicationProtocol);
    }

    [TestMethod]
    public async Task A_server_that_asks_for_a_certificate_answers_nobody_without()
    {
        using var client = Client();
        await Assert.ThrowsExactlyAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://mtls.anthropic.com/echo"), TestContext.CancellationToken));
        Assert.IsEmpty(_log.Read(null, 0));
    }

    [TestMethod]
    public void Every_host_has_addresses_of_its_own() =>
        Assert.HasCount(LabHost.All.Count, LabHost.All.Select(host => host.Address4).Distinct().ToArray());

    private HttpClient Client() => new(Handler()) { Timeout = TimeSpan.FromSeconds(20) };

    private SocketsHttpHandler Handler() => new()
    {
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust() },
        ConnectCallback = async (_, cancellation) => new NetworkStream(await DialAsync(cancellation), ownsSocket: true),
    };

    private async Task<SslStream> ConnectAsync(string host, SslClientAuthenticationOptions options)
    {
        Assert.AreEqual(host, options.TargetHost);
        var tls = new SslStream(new NetworkStream(await DialAsync(TestContext.CancellationToken), ownsSocket: true));
        await tls.AuthenticateAsClientAsync(options, TestContext.CancellationToken);
        return tls;
    }

    private async Task<Socket> DialAsync(CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _port, cancellation);
        return socket;
    }

    private X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(_certificates.AuthorityPem));
        return policy;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
