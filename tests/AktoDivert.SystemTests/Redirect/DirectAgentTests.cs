using System.Text.Json.Nodes;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Wire;
using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Network;

namespace AktoDivert.SystemTests.Redirect;

/// <summary>
/// The whole agent with <c>redirect.direct</c>: real TLS clients reach a host that is not intercepted without the agent, and one that is
/// intercepted at the same address is never reached past it.
/// </summary>
[TestClass]
[TestCategory("System")]
public sealed class DirectAgentTests
{
    private const string AiHost = "chatgpt.com";
    private static readonly LabHost s_host = LabHost.All.Single(host => host.Name == "www.example.org");
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(40);

    private RedirectLab _lab = null!;
    private BuiltAgent _agent = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    private string ServerRoot => Path.Combine(_lab.Folder, "upstream-ca.pem");

    [TestInitialize]
    public async Task StartAsync()
    {
        _lab = await RedirectLab.CreateWithAiServicesAsync();
        _agent = await BuiltAgent.StartAsync(_lab, new JsonObject { ["direct"] = true }, ["curl", "node", "python3.11", "openssl", "chromium"], Cancellation);
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        if (_lab is not null)
        {
            await _lab.DisposeAsync();
        }
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task Real_clients_reach_a_host_that_passes_without_the_agent()
    {
        await OpenDirectWayAsync();
        var redirected = (await _agent.CountersAsync(Cancellation)).Redirected;
        var clients = new Dictionary<string, string[]>
        {
            ["curl"] = ["curl", "-sS", "--cacert", ServerRoot, "--resolve", $"{s_host.Name}:443:{s_host.Address4}", $"https://{s_host.Name}/echo"],
            ["node"] = ["node", "-e",
                $"require('https').get({{host:'{s_host.Address4}',servername:'{s_host.Name}',headers:{{host:'{s_host.Name}'}},path:'/echo',ca:require('fs').readFileSync('{ServerRoot}')}},r=>r.pipe(process.stdout))"],
            ["python3.11"] = ["/usr/bin/python3", "-c",
                $"import ssl,socket; s=ssl.create_default_context(cafile='{ServerRoot}').wrap_socket(socket.create_connection(('{s_host.Address4}',443)),server_hostname='{s_host.Name}'); "
                + $"s.sendall(b'GET /echo HTTP/1.1\\r\\nHost: {s_host.Name}\\r\\nConnection: close\\r\\n\\r\\n'); print(b''.join(iter(lambda: s.recv(9999), b'')))"],
            ["openssl"] = ["sh", "-c", $"openssl s_client -verify_return_error -CAfile {ServerRoot} -servername {s_host.Name} -connect {s_host.Address4}:443 2>&1 </dev/null; echo {s_host.Name}"],
            ["chromium"] = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={_lab.Folder}/chromium", "--ignore-certificate-errors",
                $"--host-resolver-rules=MAP {s_host.Name} {s_host.Address4}", "--dump-dom", $"https://{s_host.Name}/echo"],
        };
        foreach (var (client, command) in clients)
        {
            var since = DateTimeOffset.UtcNow;
            var result = await ChildProcess.RunAsync(_lab.InApps(command), s_limit, Cancellation);
            Assert.AreEqual(0, result.ExitCode, $"{client}: {result.Error}{result.Output}");
            StringAssert.Contains(result.Output, s_host.Name, StringComparison.Ordinal, client);

            var flow = await EndedAsync(s_host.Name, since);
            Assert.AreEqual((client, "Passthrough", "Completed", $"{s_host.Address4}:443"), (flow.Process, flow.Action, flow.End, flow.Destination));
            StringAssert.Contains(flow.Reason, "without being redirected", StringComparison.Ordinal, client);
            Assert.IsTrue(flow is { BytesUp: > 200, BytesDown: > 200 }, $"{client}: {flow.BytesUp} up, {flow.BytesDown} down");
        }

        var counters = await _agent.CountersAsync(Cancellation);
        Assert.AreEqual((redirected, 0), (counters.Redirected, counters.DirectRefused));
        Assert.IsGreaterThanOrEqualTo(clients.Count, counters.Direct);
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task An_intercepted_host_at_the_same_address_is_never_reached_past_the_agent()
    {
        await OpenDirectWayAsync();

        var since = DateTimeOffset.UtcNow;
        var first = await CurlAsync(AiHost, ServerRoot);
        Assert.AreNotEqual(0, first.ExitCode, $"{AiHost} was reached past the agent: {first.Output}");
        var refused = await EndedAsync(AiHost, since);
        Assert.AreEqual((nameof(ConnectionEndReason.DirectRefused), "Intercept", 0L), (refused.End, refused.Action, refused.BytesUp));

        since = DateTimeOffset.UtcNow;
        var second = await CurlAsync(AiHost, _agent.Root);
        Assert.AreEqual(0, second.ExitCode, second.Error);
        Assert.AreEqual("Intercept", (await EndedAsync(AiHost, since)).Action);

        // From here on the address is one that serves what is intercepted: all goes through the agent.
        for (var i = 0; i < 4; i++)
        {
            since = DateTimeOffset.UtcNow;
            Assert.AreEqual(0, (await CurlAsync(s_host.Name, ServerRoot)).ExitCode);
            Assert.DoesNotContain("without being redirected", (await EndedAsync(s_host.Name, since)).Reason);
        }

        Assert.AreEqual((1L, 1L), await CountersAsync());

        async Task<(long Direct, long Refused)> CountersAsync()
        {
            var counters = await _agent.CountersAsync(Cancellation);
            return (counters.Direct, counters.DirectRefused);
        }
    }

    private async Task OpenDirectWayAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            var since = DateTimeOffset.UtcNow;
            var call = await CurlAsync(s_host.Name, ServerRoot);
            Assert.AreEqual(0, call.ExitCode, call.Error);
            await EndedAsync(s_host.Name, since);
        }

        Assert.AreEqual(0, (await _agent.CountersAsync(Cancellation)).Direct);
    }

    private Task<ChildResult> CurlAsync(string host, string root) => ChildProcess.RunAsync(
        _lab.InApps("curl", "-sS", "--max-time", "20", "--cacert", root, "--resolve", $"{host}:443:{s_host.Address4}", $"https://{host}/echo"), s_limit, Cancellation);

    private async Task<FlowRecord> EndedAsync(string host, DateTimeOffset since)
    {
        FlowRecord? flow = null;
        await EndToEnd.Until.TrueAsync(
            async () => (flow = (await _agent.FlowsAsync(since, Cancellation)).LastOrDefault(seen => seen.Host == host))?.Ended is not null,
            TimeSpan.FromSeconds(10),
            () => flow is null ? $"no flow to {host}" : $"the flow to {host} has not ended",
            Cancellation);
        return flow!;
    }
}
