using AktoDivert.Core.Policy;
using AktoDivert.Core.Wire;
using AktoDivert.Lab.Clients;
using AktoDivert.Lab.Execution;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>Servers nobody should trust, servers that ask for a client certificate, and apps that do not trust ours.</summary>
[TestClass]
[TestCategory("System")]
public sealed class CertificateTests
{
    private static ProductInLab s_product = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_product = await ProductInLab.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await s_product.DisposeAsync();

    [TestMethod]
    [Timeout(60_000)]
    [DataRow("expired.anthropic.com", "expired")]
    [DataRow("wrongname.anthropic.com", "name")]
    [DataRow("selfsigned.anthropic.com", "issuer")]
    [DataRow("untrusted.anthropic.com", "issuer")]
    public async Task An_invalid_server_certificate_gives_the_app_a_TLS_failure_and_the_flow_the_fault(string host, string fault)
    {
        var since = DateTimeOffset.UtcNow;
        var call = await s_product.CurlAsync(Cancellation, $"https://{host}/echo");
        Assert.Contains(call.ExitCode, new[] { 35, 60 }, $"curl ended with {call.ExitCode}: {call.Error}{call.Output}");

        var flow = await s_product.EndedFlowAsync(host, since, Cancellation);
        TestContext.WriteLine($"{host}: curl {call.ExitCode} {call.Error.Trim()}; {flow.End}: {flow.EndDetail}");
        StringAssert.Contains($"{flow.End} {flow.EndDetail}", fault, StringComparison.OrdinalIgnoreCase);
        StringAssert.Contains($"{flow.End}", "Upstream", StringComparison.Ordinal);
        Assert.IsFalse((await s_product.StatusAsync(Cancellation)).Learned.Any(entry => entry.Host == host));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_server_that_asks_for_a_client_certificate_is_reached_at_once_and_learned()
    {
        const string host = "mtls.anthropic.com";
        var work = $"{ProductInLab.Paths.EmployeeHome}/work";
        var made = await s_product.EmployeeAsync(Cancellation, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=employee", "-keyout", $"{work}/client.key", "-out", $"{work}/client.pem");
        Assert.AreEqual(0, made.ExitCode, made.Error);
        foreach (var attempt in new[] { "first", "second" })
        {
            var call = await s_product.CurlAsync(Cancellation, "--cert", $"{work}/client.pem", "--key", $"{work}/client.key", $"https://{host}/echo");
            Assert.AreEqual(0, call.ExitCode, $"{attempt}: {call.Error}");
            StringAssert.Contains(call.Output, host);
        }

        var learned = (await s_product.StatusAsync(Cancellation)).Learned.Single(entry => entry.Host == host);
        Assert.AreEqual("curl", learned.Process);
        StringAssert.Contains(learned.Reason, "client certificate", StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    [Timeout(120_000)]
    public Task A_curl_that_pins_is_learned_and_intercepted_again_when_cleared() => LearnAndClearAsync(
        refusals: 1,
        "curl",
        "api.githubcopilot.com",
        async pins => (await (pins
            ? s_product.CurlAsync(Cancellation, "--cacert", ProductInLab.Paths.UpstreamCertificate, "--capath", "/nonexistent", "https://api.githubcopilot.com/echo")
            : s_product.CurlAsync(Cancellation, "https://api.githubcopilot.com/echo"))).ExitCode == 0);

    [TestMethod]
    [Timeout(120_000)]
    public Task A_Node_that_lacks_our_root_is_learned_and_intercepted_again_when_cleared() => LearnAndClearAsync(
        refusals: 1,
        "node",
        "claude.ai",
        async pins =>
        {
            var command = s_product.ScriptCommand("get.mjs", ["https://claude.ai/chat"], pins ? [new("NODE_EXTRA_CA_CERTS", "")] : []);
            var result = await ChildProcess.RunAsync(command, TimeSpan.FromSeconds(30), Cancellation);
            TestContext.WriteLine(result.Output + result.Error);
            return result.Output.Trim() == "status 200";
        });

    [TestMethod]
    [Timeout(120_000)]
    public Task A_dotnet_app_that_lacks_our_root_is_learned_and_intercepted_again_when_cleared() => LearnAndClearAsync(
        // It completes the handshake and leaves without a word, as an unused pre-connect does: only the second in a row is a refusal.
        refusals: 2,
        "aktodivert-lab",
        "api.openai.com",
        async pins =>
        {
            var run = new ClientRun(ClientRun.NewCall(), ProductInLab.Paths, s_product.Demo.Pc);
            var command = await LabClients.Named("dotnet").Prepare(run);
            var variables = new Dictionary<string, string>(command.Variables);
            if (pins)
            {
                variables["SSL_CERT_FILE"] = ProductInLab.Paths.UpstreamCertificate;
                variables["SSL_CERT_DIR"] = "/nonexistent";
            }

            var result = await ChildProcess.RunAsync(s_product.Demo.Pc.AsEmployee(command.Arguments, variables), TimeSpan.FromSeconds(30), Cancellation);
            TestContext.WriteLine(result.Output + result.Error);
            return ClientReading.Parse(result.Output) is { Ok: true };
        });

    /// <param name="refusals">How many calls it takes until the refusal is certain.</param>
    /// <param name="process">Name of the app's executable.</param>
    /// <param name="host">The host it calls.</param>
    /// <param name="call">Makes one call, trusting only the server's own CA or not; whether it was answered.</param>
    private async Task LearnAndClearAsync(int refusals, string process, string host, Func<bool, Task<bool>> call)
    {
        for (var refused = 0; refused < refusals; refused++)
        {
            Assert.IsFalse(await call(true), "an app that does not trust our root must refuse it");
        }

        LearnedPassthrough? learned = null;
        await Until.TrueAsync(
            async () => (learned = (await s_product.StatusAsync(Cancellation)).Learned.SingleOrDefault(entry => entry.Host == host && entry.Process == process)) is not null,
            TimeSpan.FromSeconds(3),
            () => $"{process} -> {host} is not learned",
            Cancellation);
        TestContext.WriteLine($"learned: {learned!.Reason}, until {learned.Expires:u}");

        var since = DateTimeOffset.UtcNow;
        Assert.IsTrue(await call(true), "the next call passes through");
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.LearnedPassthrough), Decision((await s_product.FlowsAsync(host, since, Cancellation))[^1]));
        await Until.TrueAsync(
            async () => (await s_product.ConsoleAsync("/api/admin/devices", Cancellation)).GetRawText() is var devices
                && devices.Contains($"\"{process}\"", StringComparison.Ordinal) && devices.Contains($"\"{host}\"", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            () => "the console does not list it",
            Cancellation);

        await s_product.Demo.AgentCommandAsync(Cancellation, "learned", "clear", process, host);
        since = DateTimeOffset.UtcNow;
        Assert.IsTrue(await call(false), "an app that trusts our root is answered");
        Assert.AreEqual((InterceptAction.Intercept, RuleSource.AiDomain), Decision((await s_product.FlowsAsync(host, since, Cancellation))[^1]));
    }

    private static (InterceptAction Action, RuleSource Source) Decision(FlowRecord flow) =>
        (Enum.Parse<InterceptAction>(flow.Action), Enum.Parse<RuleSource>(flow.Source));
}
