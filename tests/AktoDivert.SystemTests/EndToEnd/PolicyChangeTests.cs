using System.Diagnostics;
using AktoDivert.Core.Policy;
using AktoDivert.Lab.Demo;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>Settings saved in the console reach the agent: at once, without touching what runs, also when the agent cannot redirect.</summary>
[TestClass]
[TestCategory("System")]
public sealed class PolicyChangeTests
{
    private static readonly TimeSpan InForceLimit = TimeSpan.FromSeconds(1);

    private static ProductInLab s_product = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_product = await ProductInLab.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await s_product.DisposeAsync();

    [TestMethod]
    [Timeout(120_000)]
    public async Task A_pattern_is_in_force_within_a_second_and_running_streams_go_on()
    {
        const string host = "api.githubcopilot.com";
        var since = DateTimeOffset.UtcNow;
        var stream = s_product.CurlAsync(Cancellation, $"https://{host}/sse?n=150&ms=40");
        await Until.TrueAsync(
            async () => (await s_product.FlowsAsync(host, since, Cancellation)).Count == 1, TimeSpan.FromSeconds(10), () => "no stream", Cancellation);

        foreach (var (mode, action) in new[] { (false, InterceptAction.Passthrough), (true, InterceptAction.Intercept) })
        {
            var saved = Stopwatch.GetTimestamp();
            await s_product.PutPatternAsync(host, mode, Cancellation);
            await Until.TrueAsync(
                async () => await s_product.ExplainAsync("curl", host, Cancellation) is { Source: RuleSource.ProxyPattern } explained && explained.Action == action,
                TimeSpan.FromSeconds(10),
                () => $"{host} is not in force",
                Cancellation);
            var inForce = Stopwatch.GetElapsedTime(saved);
            TestContext.WriteLine($"mode {mode} in force {inForce.TotalMilliseconds:0} ms after it was sent to the console");
            Assert.IsLessThan(InForceLimit, inForce);

            var next = DateTimeOffset.UtcNow;
            Assert.AreEqual(0, (await s_product.CurlAsync(Cancellation, $"https://{host}/echo")).ExitCode);
            var flow = (await s_product.FlowsAsync(host, next, Cancellation)).Single();
            Assert.AreEqual(($"{action}", "ProxyPattern", host), (flow.Action, flow.Source, flow.Rule));
        }

        Assert.IsFalse(stream.IsCompleted, "the stream was to run during the changes");
        var streamed = await stream;
        Assert.AreEqual(0, streamed.ExitCode, streamed.Error);
        StringAssert.EndsWith(streamed.Output, "data: {\"number\":149}\n\n");
        Assert.HasCount(150, streamed.Output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries));
        await s_product.DeletePatternAsync(host, Cancellation);
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task A_pattern_outside_the_CA_brings_a_new_generation_and_is_intercepted_with_it()
    {
        const string host = "www.example.org";
        await s_product.PutPatternAsync(host, true, Cancellation);
        var since = DateTimeOffset.UtcNow;
        var after = await Until.TrueAsync(
            async () =>
            {
                Assert.AreEqual(0, (await s_product.CurlAsync(Cancellation, $"https://{host}/echo")).ExitCode, "no call fails meanwhile");
                return (await s_product.FlowsAsync(host, since, Cancellation)).Any(flow => flow.Action == "Intercept");
            },
            TimeSpan.FromSeconds(60),
            () => "never intercepted",
            Cancellation);
        TestContext.WriteLine($"intercepted after {after.TotalSeconds:0.0} s, generation {(await s_product.StatusAsync(Cancellation)).Authority.Generation}");
        await s_product.DeletePatternAsync(host, Cancellation);
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task Without_its_capabilities_the_agent_says_why_lets_all_go_direct_and_takes_settings()
    {
        const string host = "no-capability.example.org";
        await s_product.Demo.StopAgentAsync();
        await using (await Service.StartAsync(
            "aktodivert",
            s_product.Demo.Pc.AsRoot(
            [
                "setpriv", "--bounding-set=-bpf,-sys_admin", "--inh-caps=-bpf,-sys_admin", "--",
                ProductInLab.Agent, "--config", s_product.Demo.AgentConfiguration, "run",
            ]),
            Path.Combine(ProductInLab.Paths.Run, "no-capability.log"),
            (_, _) => Task.FromResult(File.Exists(s_product.Demo.AgentSocket)),
            TimeSpan.FromSeconds(60),
            Cancellation))
        {
            var engine = (await s_product.StatusAsync(Cancellation)).Engine;
            TestContext.WriteLine($"{engine.State}: {engine.Reason} Fix: {engine.Fix}");
            Assert.AreEqual("Unavailable", $"{engine.State}");
            StringAssert.Contains(engine.Reason + engine.Fix, "CAP_BPF");
            Assert.AreNotEqual("", engine.Fix);

            var since = DateTimeOffset.UtcNow;
            var direct = await s_product.CurlAsync(Cancellation, "https://api.openai.com/echo");
            Assert.AreEqual(0, direct.ExitCode, direct.Error);
            Assert.HasCount(0, await s_product.FlowsAsync("api.openai.com", since, Cancellation));

            await s_product.PutPatternAsync(host, true, Cancellation);
            await Until.TrueAsync(
                async () => (await s_product.ExplainAsync("curl", host, Cancellation)).Rule == host, TimeSpan.FromSeconds(5), () => "no settings arrive", Cancellation);
            await Until.TrueAsync(
                async () => (await s_product.ConsoleAsync("/api/admin/devices", Cancellation)).GetRawText().Contains("Unavailable", StringComparison.Ordinal),
                TimeSpan.FromSeconds(60),
                () => "the console does not show the state",
                Cancellation);
        }

        await s_product.Demo.StartAgentAsync(Cancellation);
        await s_product.DeletePatternAsync(host, Cancellation);
    }
}
