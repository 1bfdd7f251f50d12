using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AktoDivert.Core.Wire;
using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Network;
using AktoDivert.Lab.Upstream.Shapes;

namespace AktoDivert.SystemTests.Redirect;

/// <summary>
/// The whole agent on the packet engine: real TLS clients, the kernel's TCP, the TUN device, the proxy with its own authority, real TLS
/// servers. The client trusts nothing but that authority, so an answer it accepts was intercepted.
/// </summary>
[TestClass]
[TestCategory("System")]
public sealed class TunInterceptionTests
{
    private const int HundredMegabytes = 100 * 1024 * 1024;
    private static readonly LabHost _host = LabHost.All.Single(host => host.Name == "api.anthropic.com");
    private static readonly TimeSpan _transferLimit = TimeSpan.FromSeconds(100);

    private static RedirectLab s_lab = null!;
    private static BuiltAgent s_agent = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_lab = await RedirectLab.CreateWithAiServicesAsync();
        s_agent = await BuiltAgent.StartAsync(s_lab, new JsonObject { ["engine"] = "tun" }, ["curl"], context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (s_agent is not null)
        {
            await s_agent.DisposeAsync();
        }

        if (s_lab is not null)
        {
            await s_lab.DisposeAsync();
        }
    }

    [TestMethod]
    [Timeout(120_000)]
    [DataRow(false, "--http1.1", "http/1.1")]
    [DataRow(true, "--http2", "h2")]
    public async Task A_hundred_megabytes_arrive_whole_both_ways_through_TLS_that_is_intercepted(bool v6, string version, string protocol)
    {
        var since = DateTimeOffset.UtcNow;
        var body = RandomNumberGenerator.GetBytes(HundredMegabytes);
        var file = Path.Combine(s_lab.Folder, $"up-{v6}");
        await File.WriteAllBytesAsync(file, body, Cancellation);

        using var arrived = JsonDocument.Parse(await CurlAsync(v6, version, "--data-binary", $"@{file}", "https://api.anthropic.com/upload"));
        Assert.AreEqual(HundredMegabytes, arrived.RootElement.GetProperty("length").GetInt32());
        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(body)), arrived.RootElement.GetProperty("sha256").GetString());

        await CurlAsync(v6, version, "-o", $"{file}.down", $"https://api.anthropic.com/bytes/{HundredMegabytes}");
        await using var received = File.OpenRead($"{file}.down");
        Assert.AreEqual(PlainShapes.Sha256OfBytes(HundredMegabytes), Convert.ToHexStringLower(await SHA256.HashDataAsync(received, Cancellation)));

        var flows = await s_agent.FlowsAsync(since, Cancellation);
        Assert.HasCount(2, flows);
        AssertIntercepted(flows, v6);
        Assert.IsTrue(flows.All(flow => flow.Protocol == protocol), string.Join(' ', flows.Select(flow => flow.Protocol)));
    }

    [TestMethod]
    [Timeout(120_000)]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Two_hundred_connections_open_at_once_are_all_intercepted(bool v6)
    {
        const int Clients = 8;
        const int Each = 25;
        var since = DateTimeOffset.UtcNow;
        var gate = $"{Guid.NewGuid():n}";
        var clients = new List<Process>();
        try
        {
            // Each connection has its first event and gets its second only when all have the first: they are open at the same time. One client after
            // the other, since one that makes 200 handshakes on a busy machine leaves connections silent for so long that they are tunnelled.
            for (var client = 0; client < Clients; client++)
            {
                string[] command = s_lab.InApps([
                    "curl", .. Arguments(v6), "--http1.1", "-N", "--parallel", "--parallel-immediate", "--parallel-max", $"{Each}",
                    $"https://api.anthropic.com/gated?gate={gate}&number=[1-{Each}]",
                ]);
                clients.Add(Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true })!);
                var seen = await ReadEventsAsync(clients[client].StandardOutput, 1, Each);
                AssertIntercepted(await s_agent.FlowsAsync(since, Cancellation), v6);
                Assert.AreEqual(Each, seen, "a client ended before each of its connections had its first event");
            }

            var flows = await s_agent.FlowsAsync(since, Cancellation);
            Assert.HasCount(Clients * Each, flows);
            Assert.IsTrue(flows.All(flow => flow.Ended is null), "a connection has ended before the last was open");

            await CurlAsync(v6, $"https://api.anthropic.com/open?gate={gate}");
            foreach (var client in clients)
            {
                Assert.AreEqual(Each, await ReadEventsAsync(client.StandardOutput, 2, Each));
                await client.WaitForExitAsync(Cancellation);
                Assert.AreEqual(0, client.ExitCode);
            }
        }
        finally
        {
            foreach (var client in clients)
            {
                if (!client.HasExited)
                {
                    client.Kill(entireProcessTree: true);
                }

                client.Dispose();
            }
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task An_app_that_is_not_meant_talks_to_the_server_itself()
    {
        var since = DateTimeOffset.UtcNow;
        var other = s_lab.Copy("/usr/bin/curl", "not-curl");
        string[] arguments = [.. Arguments(false), "--cacert", Path.Combine(s_lab.Folder, "upstream-ca.pem"), "https://api.anthropic.com/echo"];
        var result = await ChildProcess.RunAsync(s_lab.InApps([other, .. arguments]), TimeSpan.FromSeconds(30), Cancellation);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        var flow = (await s_agent.FlowsAsync(since, Cancellation)).Single();
        Assert.AreEqual("Passthrough", flow.Action, flow.Reason);
        Assert.AreEqual("not-curl", flow.Process);
    }

    [TestMethod]
    public async Task Nothing_strays_past_the_table_and_no_packet_is_malformed()
    {
        await CurlAsync(false, "https://api.anthropic.com/echo");
        var counters = await s_agent.CountersAsync(Cancellation);
        Assert.AreEqual(0, counters.Malformed + counters.SendFailed + counters.Lost, counters.ToString());
        Assert.IsGreaterThan(0, counters.Redirected);
    }

    private static string[] Arguments(bool v6) =>
        ["-sS", "--max-time", "90", "--cacert", s_agent.Root, "--resolve", $"api.anthropic.com:443:{(v6 ? $"[{_host.Address6}]" : _host.Address4)}"];

    private static void AssertIntercepted(IReadOnlyList<FlowRecord> flows, bool v6)
    {
        var destination = v6 ? $"[{_host.Address6}]:443" : $"{_host.Address4}:443";
        var wrong = flows.FirstOrDefault(flow => flow.Action != "Intercept" || flow.Process != "curl" || flow.Destination != destination || flow.Host != _host.Name);
        Assert.IsNull(wrong, $"{wrong}");
    }

    private async Task<string> CurlAsync(bool v6, params string[] arguments)
    {
        var result = await ChildProcess.RunAsync(s_lab.InApps(["curl", "--fail", .. Arguments(v6), .. arguments]), _transferLimit, Cancellation);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        return result.Output;
    }

    // How many clients have got their event when all have, or none sends any more.
    private async Task<int> ReadEventsAsync(StreamReader output, int number, int count)
    {
        var seen = 0;
        while (seen < count && await output.ReadLineAsync(Cancellation) is { } line)
        {
            seen += line.Contains($"{{\"number\":{number}}}", StringComparison.Ordinal) ? 1 : 0;
        }

        return seen;
    }
}
