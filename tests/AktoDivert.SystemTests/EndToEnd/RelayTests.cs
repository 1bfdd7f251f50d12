using System.Security.Cryptography;
using System.Text.Json;
using AktoDivert.Core.Wire;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>What passes through the whole chain: streams, sockets, large bodies.</summary>
[TestClass]
[TestCategory("System")]
public sealed class RelayTests
{
    private const int TenMegabytes = 10 * 1024 * 1024;

    private static ProductInLab s_product = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_product = await ProductInLab.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await s_product.DisposeAsync();

    [TestMethod]
    [Timeout(60_000)]
    public async Task The_first_event_reaches_the_client_before_the_server_sends_the_second()
    {
        var since = DateTimeOffset.UtcNow;
        var said = await s_product.ScriptAsync("gated.mjs", Cancellation, "api.anthropic.com", $"{Guid.NewGuid():n}");
        Assert.AreEqual("first event seen\ndata: {\"number\":1}|data: {\"number\":2}", said);
        await AssertInterceptedAsync("api.anthropic.com", since);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Large_fragmented_and_compressed_WebSocket_messages_come_back_as_they_went()
    {
        var since = DateTimeOffset.UtcNow;
        var said = await s_product.ScriptAsync("socket.mjs", Cancellation, "api.openai.com");
        Assert.AreEqual("4 right, permessage-deflate, closed with 1000", said);
        await AssertInterceptedAsync("api.openai.com", since);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_WebSocket_over_HTTP2_comes_back_as_it_went()
    {
        var since = DateTimeOffset.UtcNow;
        Assert.AreEqual("all right", await s_product.ScriptAsync("socket2.mjs", Cancellation, "api.openai.com"));
        await AssertInterceptedAsync("api.openai.com", since, "h2");
    }

    [TestMethod]
    [Timeout(90_000)]
    public async Task A_hundred_parallel_HTTP2_streams_get_their_own_answers_and_records()
    {
        var since = DateTimeOffset.UtcNow;
        var mark = $"s{Guid.NewGuid():n}";
        Assert.AreEqual("100 of 100 right", await s_product.ScriptAsync("streams.mjs", Cancellation, "api.anthropic.com", "100", mark));
        Assert.HasCount(1, await AssertInterceptedAsync("api.anthropic.com", since, "h2"));
        var recorded = await s_product.RecordedAsync(mark, 100, TimeSpan.FromSeconds(30), Cancellation);
        Assert.HasCount(100, recorded.Select(call => call.Path).Distinct());
    }

    [TestMethod]
    [Timeout(90_000)]
    [DataRow("--http1.1", "http/1.1")]
    [DataRow("--http2", "h2")]
    public async Task Ten_megabytes_arrive_whole_in_both_directions(string version, string protocol)
    {
        var since = DateTimeOffset.UtcNow;
        var body = RandomNumberGenerator.GetBytes(TenMegabytes);
        var file = $"{ProductInLab.Paths.EmployeeHome}/work/up-{protocol.Replace('/', '-')}";
        await File.WriteAllBytesAsync(s_product.Demo.Pc.Root + file, body, Cancellation);

        var up = await s_product.CurlAsync(Cancellation, version, "--data-binary", $"@{file}", "https://api.githubcopilot.com/upload");
        Assert.AreEqual(0, up.ExitCode, up.Error);
        var arrived = JsonDocument.Parse(up.Output).RootElement;
        Assert.AreEqual(TenMegabytes, arrived.GetProperty("length").GetInt32());
        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(body)), arrived.GetProperty("sha256").GetString());

        var down = await s_product.CurlAsync(Cancellation, version, "-D", $"{file}.headers", "-o", $"{file}.down", $"https://api.githubcopilot.com/bytes/{TenMegabytes}");
        Assert.AreEqual(0, down.ExitCode, down.Error);
        var received = await File.ReadAllBytesAsync($"{s_product.Demo.Pc.Root}{file}.down", Cancellation);
        Assert.HasCount(TenMegabytes, received);
        var headers = await File.ReadAllTextAsync($"{s_product.Demo.Pc.Root}{file}.headers", Cancellation);
        StringAssert.Contains(headers, $"x-lab-sha256: {Convert.ToHexStringLower(SHA256.HashData(received))}", StringComparison.OrdinalIgnoreCase);
        Assert.HasCount(2, await AssertInterceptedAsync("api.githubcopilot.com", since, protocol));
    }

    private async Task<IReadOnlyList<FlowRecord>> AssertInterceptedAsync(string host, DateTimeOffset since, string? protocol = null)
    {
        var flows = await s_product.FlowsAsync(host, since, Cancellation);
        Assert.IsNotEmpty(flows);
        foreach (var flow in flows)
        {
            Assert.AreEqual("Intercept", flow.Action, flow.Reason);
            Assert.IsNull(flow.Opaque);
            Assert.AreEqual(protocol ?? flow.Protocol, flow.Protocol);
        }

        return flows;
    }
}
