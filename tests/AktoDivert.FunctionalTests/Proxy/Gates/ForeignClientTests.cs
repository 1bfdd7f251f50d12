using System.Globalization;
using AktoDivert.Lab.Execution;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>The gates with clients and servers that are not .NET's: Node, curl, nghttp, h2load.</summary>
[TestClass]
public sealed class ForeignClientTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gates-").FullName;

    public required TestContext TestContext { get; init; }

    [TestInitialize]
    public async Task WriteAuthorityAsync() => await File.WriteAllTextAsync(Authority, ProxyUnderTest.DeviceAuthority.Root.ExportCertificatePem());

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    private string Authority => Path.Combine(_folder, "authority.pem");

    [TestMethod]
    [DataRow("plain", 1, 50_000, "{}")]
    [DataRow("small", 2, 10_000, "{}")]
    [DataRow("changing", 3, 20_000, "{}")]
    [DataRow("plain", 4, 300, """{"initialWindowSize":5}""")]
    [DataRow("small", 5, 3_000, """{"headerTableSize":200}""")]
    [DataRow("plain", 6, 20_000, """{"headerTableSize":0}""")]
    [DataRow("changing", 7, 8_000, """{"initialWindowSize":2000,"headerTableSize":1000}""")]
    public async Task A_hundred_streams_of_Node_each_get_what_is_their_own(string server, int seed, int most, string settings)
    {
        Require("node");
        using var upstream = await NodeServer.StartAsync(_folder, server);
        await using var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { Gate = GateRun.Patient }, guard: new MarkerGuard());
        var result = await RunAsync(
            "node", Path.Combine(NodeServer.Scripts, "client.mjs"), Port(proxy), Authority, seed.ToString(CultureInfo.InvariantCulture), "100", most.ToString(CultureInfo.InvariantCulture), settings);
        StringAssert.StartsWith(result.Output, """{"bad":[],"pushes":""", result.Error);
        Assert.IsFalse(result.Output.Contains("\"pushes\":0", StringComparison.Ordinal), "no stream was pushed");
        Assert.AreEqual("", string.Join(", ", proxy.Counters.Read().Where(c => c.Key.StartsWith("gate.ended", StringComparison.Ordinal)).Select(c => c.Key)));
        Assert.IsGreaterThan(0, proxy.Counters["gate.h2.patched"]);
    }

    [TestMethod]
    [DataRow("--http1.1")]
    [DataRow("--http2")]
    public async Task Curl_gets_answers_of_the_server_and_of_the_gate(string version)
    {
        Require("curl");
        await using var run = await GateRun.StartAsync("2.0");
        var large = Path.Combine(_folder, "large");
        await File.WriteAllTextAsync(large, new string('x', 3_000_000) + "SECRET42");
        var blocked = Path.Combine(_folder, "blocked");
        await File.WriteAllTextAsync(blocked, new string('x', 3_000_000) + "BLOCKME");
        Assert.AreEqual("hello 200", await CurlAsync(run, version, "--data", "hello", "https://api.ai.test/echo"));
        Assert.AreEqual("a ******** 200", await CurlAsync(run, version, "--data", "a SECRET42", "https://api.ai.test/echo"));
        Assert.AreEqual($"{MarkerGuard.BlockedText} 400", await CurlAsync(run, version, "--data", "BLOCKME", "https://api.ai.test/echo"));
        Assert.AreEqual($"{MarkerGuard.BlockedText} 400", await CurlAsync(run, version, "https://api.ai.test/deny"));
        Assert.AreEqual(" 400", await CurlAsync(run, version, "--head", "-o", "/dev/null", "https://api.ai.test/deny"));

        // Of more than 1 MiB curl asks with Expect: 100-continue before it sends a body.
        var echoed = await CurlAsync(run, version, "--data-binary", "@" + large, "https://api.ai.test/echo");
        Assert.AreEqual("xx******** 200", echoed[^14..]);
        Assert.AreEqual(3_000_012, echoed.Length);
        Assert.AreEqual($"{MarkerGuard.BlockedText} 400", await CurlAsync(run, version, "-H", "Expect: 100-continue", "--data-binary", "@" + blocked, "https://api.ai.test/echo"));
        Assert.AreEqual("small 200", await CurlAsync(run, version, "-H", "Expect: 100-continue", "--data", "small", "https://api.ai.test/echo"));
    }

    [TestMethod]
    [DataRow("SECRET42", "********")]
    [DataRow("BLOCKME", MarkerGuard.BlockedText)]
    [DataRow("plain", "plain")]
    public async Task Nghttp_with_padding_continuation_trailers_and_small_windows(string sent, string received)
    {
        Require("nghttp");
        await using var run = await GateRun.StartAsync("2.0");
        var body = Path.Combine(_folder, "body");
        await File.WriteAllTextAsync(body, sent);
        var result = await RunAsync(
            "nghttp", "-H", ":authority: api.ai.test", "-d", body, "--padding=200", "--continuation", "--trailer", "x-t: 1", "-w", "4", "-W", "4", "-c", "100",
            $"https://127.0.0.1:{Port(run.Proxy)}/raw");
        Assert.AreEqual(received, result.Output.Trim(), result.Error);
        Assert.AreEqual(0, run.Proxy.Counters.Read().Where(c => c.Key.StartsWith("gate.ended", StringComparison.Ordinal)).Sum(c => c.Value));
    }

    [TestMethod]
    [DataRow("SECRET42", 1, "400 2xx")]
    [DataRow("SECRET42", 10, "400 2xx")]
    [DataRow("BLOCKME", 4, "400 4xx")]
    public async Task H2load_gets_its_answers_with_windows_of_a_few_bytes(string word, int windowBits, string statuses)
    {
        Require("h2load");
        await using var run = await GateRun.StartAsync("2.0");
        var body = Path.Combine(_folder, "body");
        await File.WriteAllTextAsync(body, new string('x', 200) + word);
        var result = await RunAsync(
            "h2load", "-n", "400", "-c", "2", "-m", "20", "-w", windowBits.ToString(CultureInfo.InvariantCulture), "-d", body,
            $"--connect-to=127.0.0.1:{Port(run.Proxy)}", "https://api.ai.test/echo");
        StringAssert.Contains(result.Output, " 400 done, ", result.Error);
        StringAssert.Contains(result.Output, " 0 errored, 0 timeout");
        StringAssert.Contains(result.Output, statuses);
        Assert.AreEqual(2, run.Proxy.Counters["gate.connections"]);
    }

    private static string Port(ProxyUnderTest proxy) => proxy.EndPoint.Port.ToString(CultureInfo.InvariantCulture);

    private static void Require(string program)
    {
        var found = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
        if (!found)
        {
            Assert.Inconclusive($"needs {program}, which ./test.sh installs");
        }
    }

    private async Task<string> CurlAsync(GateRun run, params string[] arguments)
    {
        var result = await RunAsync(
            ["curl", "-sS", "-w", " %{http_code}", "--cacert", Authority, "--connect-to", $"api.ai.test:443:127.0.0.1:{Port(run.Proxy)}", .. arguments]);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        return result.Output;
    }

    private Task<ChildResult> RunAsync(params string[] command) => ChildProcess.RunAsync(command, TimeSpan.FromSeconds(90), TestContext.CancellationToken);
}
