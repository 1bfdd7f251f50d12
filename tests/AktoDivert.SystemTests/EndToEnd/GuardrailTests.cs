using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Wire;
using AktoDivert.Lab.Clients;
using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Upstream;
using AktoDivert.Lab.Upstream.Shapes;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>
/// The guardrails through the real proxy with the real clients. What a client asks ("This is lab call ...") is what the policies are about; the lab's
/// servers count every body and message that holds it, telemetry and fallbacks included.
/// </summary>
[TestClass]
[TestCategory("System")]
public sealed class GuardrailTests
{
    private const string Reason = "ACME policy: lab calls stay here.";

    private static ProductInLab s_product = null!;
    private static UpstreamView s_upstream = null!;
    private static int s_versions;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_product = await ProductInLab.StartAsync(context.CancellationToken);
        s_upstream = new UpstreamView(ProductInLab.Paths.UpstreamSocket);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_upstream.Dispose();
        await s_product.DisposeAsync();
    }

    [TestMethod]
    [DataRow("curl", 1, DisplayName = "HTTP/2, Copilot chat")]
    [DataRow("curl-h1", 1, DisplayName = "HTTP/1.1, OpenAI chat")]
    [DataRow("node-anthropic", 1, DisplayName = "Anthropic's SDK, JSON")]
    [DataRow("node-anthropic-stream", 1, DisplayName = "Anthropic's SDK, streamed")]
    [DataRow("node-openai", 1, DisplayName = "OpenAI's SDK, chat")]
    [DataRow("node-openai-responses", 1, DisplayName = "OpenAI's SDK, responses")]
    [DataRow("claude-code", 2, DisplayName = "Claude Code")]
    [DataRow("codex", 2, DisplayName = "Codex over WebSocket")]
    [DataRow("codex-https", 1, DisplayName = "Codex, its WebSocket refused")]
    [DataRow("codex-chatgpt", 2, DisplayName = "Codex signed in with ChatGPT")]
    [Timeout(180_000)]
    public async Task Block_shows_the_reason_once_and_nothing_of_the_prompt_arrives(string client, int most)
    {
        await InForceAsync(Prompts("block"));
        var (output, requests) = ("", (IReadOnlyList<RequestRecord>)[]);
        var blocked = await RecordedWhileAsync(async () => (output, requests) = await RunAsync(client));
        TestContext.WriteLine($"{blocked.Count} blocked: {string.Join(", ", blocked)}\n{output}");
        Assert.IsNotEmpty(blocked);
        Assert.IsLessThanOrEqualTo(most, blocked.Count, "a client that is told why does not try again");
        Assert.AreEqual(0, requests.Sum(r => r.PromptMentions), Describe(requests));
        StringAssert.Contains(output, "ACME policy", Describe(requests));
        Assert.IsFalse(output.Contains(Answers.Text, StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("curl")]
    [DataRow("curl-h1")]
    [DataRow("node-anthropic")]
    [DataRow("node-openai-responses")]
    [DataRow("claude-code")]
    [DataRow("codex")]
    [DataRow("codex-chatgpt")]
    [Timeout(180_000)]
    public async Task Redact_lets_the_call_pass_without_what_was_found(string client)
    {
        await InForceAsync(Prompts("redact"));
        var (output, requests) = await RunAsync(client);
        TestContext.WriteLine(output);
        Assert.AreEqual(0, requests.Sum(r => r.PromptMentions), Describe(requests));
        Assert.IsTrue(requests.Any(r => r.Host == LabClients.Named(client).Host && (r.ResponseLength > 0 || r.MessagesReceived > 0)), Describe(requests));
    }

    [TestMethod]
    [DataRow("node-anthropic", DisplayName = "JSON over HTTP/1.1")]
    [DataRow("node-anthropic-stream", DisplayName = "SSE over HTTP/1.1")]
    [DataRow("node-openai-responses", DisplayName = "SSE with copies")]
    [DataRow("claude-code", DisplayName = "Claude Code, compressed SSE")]
    [DataRow("codex", DisplayName = "Codex, over HTTPS instead")]
    [Timeout(180_000)]
    public async Task An_answer_is_masked_while_it_streams(string client)
    {
        await InForceAsync(Words("redact", "quick PELICAN"));
        var (output, requests) = await RunAsync(client);
        TestContext.WriteLine(output);
        Assert.IsFalse(output.Contains("PELICAN", StringComparison.Ordinal) || output.Contains("quick", StringComparison.Ordinal), output + Describe(requests));
        StringAssert.Contains(output, "answers from the lab's own internet.", Describe(requests));
    }

    [TestMethod]
    [Timeout(180_000)]
    public async Task A_streamed_answer_is_cut_off_where_it_is_blocked()
    {
        await InForceAsync(Words("block", "quick PELICAN"));
        var (output, _) = await RunAsync("node-anthropic-stream");
        StringAssert.Contains(output, "ACME policy");
        Assert.IsFalse(output.Contains("PELICAN", StringComparison.Ordinal));
    }

    [TestMethod]
    [Timeout(180_000)]
    public async Task Warn_blocks_once_and_passes_the_second_time()
    {
        await InForceAsync(Prompts("warn"));
        var client = LabClients.Named("node-anthropic");
        var run = new ClientRun(ClientRun.NewCall(), ProductInLab.Paths, s_product.Demo.Pc);
        var command = await client.Prepare(run);
        var first = await ChildProcess.RunAsync(run.Pc.AsEmployee(command.Arguments, command.Variables), client.Limit, Cancellation);
        StringAssert.Contains(first.Output, "Send it again");
        var second = "";
        await Until.TrueAsync(
            async () =>
            {
                second = (await ChildProcess.RunAsync(run.Pc.AsEmployee(command.Arguments, command.Variables), client.Limit, Cancellation)).Output;
                return second.Contains(Answers.Text, StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(30),
            () => second,
            Cancellation);
    }

    [TestMethod]
    [DataRow("curl", "\"ok\":true", DisplayName = "Alert over HTTP/2")]
    [DataRow("codex", Answers.Text, DisplayName = "Alert over WebSocket")]
    [Timeout(180_000)]
    public async Task An_alert_lets_the_call_pass_and_stands_in_its_record(string client, string answered)
    {
        await InForceAsync(Prompts("alert"));
        var alerted = await RecordedWhileAsync(
            async () =>
            {
                var (output, requests) = await RunAsync(client);
                StringAssert.Contains(output, answered, Describe(requests));
                Assert.IsGreaterThan(0, requests.Sum(r => r.PromptMentions), "the prompt arrives as it was");
            },
            "alert");
        Assert.IsNotEmpty(alerted);
        Assert.IsTrue(alerted.All(path => path.StartsWith(LabClients.Named(client).Path, StringComparison.Ordinal)), string.Join(", ", alerted));
    }

    [TestMethod]
    [Timeout(180_000)]
    public async Task An_alert_and_the_calls_facts_stand_in_the_record()
    {
        await InForceAsync(Prompts("alert"));
        var records = RecordsAsync("node-anthropic-stream");
        var (output, _) = await RunAsync("node-anthropic-stream");
        StringAssert.Contains(output, Answers.Text);
        var record = await records;
        StringAssert.Contains(record.RequestPayload, "lab call", "what is no secret stays in the record");
        Assert.AreEqual("alert", record.Audit!.Guard!.Verdict);
        Assert.AreEqual("markers", record.Audit.Guard.Findings.Single().Policy);
        var call = record.Audit.Ai!;
        Assert.AreEqual(("anthropic.messages", "anthropic", "claude-haiku-4-5"), (call.Shape, call.Provider, call.RequestModel));
        Assert.IsNotNull(call.OutputTokens);
    }

    [TestMethod]
    [DataRow("cut", 400)]
    [DataRow("malformed", 400)]
    [DataRow("nested", 400)]
    [DataRow("repeated names", 400)]
    [DataRow("ten megabytes", 400)]
    [DataRow("100 MB in gzip", 400)]
    [DataRow("100 MB in gzip, found nothing", 404)]
    [Timeout(180_000)]
    public async Task Bodies_of_every_kind_are_judged_within_bounds(string kind, int status)
    {
        await InForceAsync(Prompts("block") with { OnFailure = status == 404 ? "open" : "closed" });
        var run = new ClientRun(ClientRun.NewCall(), ProductInLab.Paths, s_product.Demo.Pc);
        var folder = await run.WriteFileAsync($"work/{run.Call}/.keep", "");
        await File.WriteAllBytesAsync($"{run.Pc.Root}{folder}/body", Body(kind, run.Prompt), Cancellation);
        var encoding = kind.Contains("gzip", StringComparison.Ordinal) ? "gzip" : "identity";
        var result = await s_product.CurlAsync(
            Cancellation, "--http2", "-w", " status %{http_code}", "-H", $"x-lab-call: {run.Call}", "-H", $"content-encoding: {encoding}", "-H", "content-type: application/json",
            "--data-binary", $"@{folder}/body", $"https://api.openai.com/v1/bodies");
        var requests = await s_upstream.SettledAsync(run.Call, Cancellation);
        await run.RemoveFilesAsync();
        StringAssert.EndsWith(result.Output, $"status {status}", result.Error);
        Assert.AreEqual(0, requests.Sum(r => r.PromptMentions), Describe(requests));
        var resident = (await s_product.StatusAsync(Cancellation)).Resources.ResidentBytes;
        TestContext.WriteLine($"{kind}: {result.Output}; the agent has {resident >> 20} MiB");
        Assert.IsLessThan(700L << 20, resident);
    }

    private static byte[] Body(string kind, string prompt)
    {
        var question = $$$"""{"model":"m","messages":[{"role":"user","content":"{{{prompt}}}"}]}""";
        switch (kind)
        {
            case "cut":
                return Encoding.UTF8.GetBytes(question[..^6]);
            case "malformed":
                return Encoding.UTF8.GetBytes("{\"messages\": oops, " + question);
            case "nested":
                return Encoding.UTF8.GetBytes($"{{\"messages\":{new string('[', 10_000)}\"{prompt}\"{new string(']', 10_000)}}}");
            case "repeated names":
                return Encoding.UTF8.GetBytes($$$"""{"messages":[{"role":"user","content":"{{{prompt}}}","content":"hi"}],"messages":[{"role":"user","content":"hi"}]}""");
            case "ten megabytes":
                return Encoding.UTF8.GetBytes(question.Replace("Say", new string('x', 10_000_000) + " Say", StringComparison.Ordinal));
            default:
                using (var zipped = new MemoryStream())
                {
                    using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
                    {
                        gzip.Write(Encoding.UTF8.GetBytes(kind.EndsWith("nothing", StringComparison.Ordinal) ? "{" : question));
                        for (var i = 0; i < 100; i++)
                        {
                            gzip.Write(new byte[1 << 20]);
                        }
                    }

                    return zipped.ToArray();
                }
        }
    }

    private static GuardrailPolicy Prompts(string action) => new()
    {
        Name = "markers",
        Action = action,
        Message = Reason,
        Scope = new() { Direction = "request" },
        Detectors = [new() { Type = "regex", Patterns = ["lab call [0-9a-f]+"] }],
    };

    private static GuardrailPolicy Words(string action, string words) => new()
    {
        Name = "answers",
        Action = action,
        Message = Reason,
        Scope = new() { Direction = "response" },
        Detectors = [new() { Type = "words", Words = [words] }],
    };

    /// <summary>Writes the policy file and waits until the agent says that it is in force.</summary>
    private async Task InForceAsync(GuardrailPolicy policy)
    {
        policy = policy with { Version = Interlocked.Increment(ref s_versions) };
        var file = JsonSerializer.Serialize(new GuardrailPolicyFile { Policies = [policy] }, WireJson.Default.GuardrailPolicyFile);
        await File.WriteAllTextAsync(s_product.Demo.Guardrails, file, Cancellation);
        IReadOnlyList<string> seen = [];
        await Until.TrueAsync(
            async () =>
            {
                var status = (await s_product.StatusAsync(Cancellation)).Guardrails;
                seen = [.. status.InForce, .. status.Errors];
                return seen.Count == 1 && seen[0].EndsWith($"version {policy.Version})", StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(20),
            () => string.Join("; ", seen),
            Cancellation);
    }

    private async Task<(string Output, IReadOnlyList<RequestRecord> Requests)> RunAsync(string name)
    {
        var client = LabClients.Named(name);
        var run = new ClientRun(ClientRun.NewCall(), ProductInLab.Paths, s_product.Demo.Pc);
        var command = await client.Prepare(run);
        var since = DateTimeOffset.UtcNow;
        var result = await ChildProcess.RunAsync(run.Pc.AsEmployee(command.Arguments, command.Variables), client.Limit, Cancellation);
        foreach (var flow in await s_product.FlowsAsync(client.Host, since, Cancellation))
        {
            TestContext.WriteLine($"flow {flow.Id} of {flow.Process} {flow.Protocol}: {flow.Action} by {flow.Source}, {flow.Reason}; up {flow.BytesUp}, ended {flow.End} {flow.EndDetail} {flow.Opaque}");
        }

        var answer = $"{ProductInLab.Paths.EmployeeHome}/work/{run.Call}/answer";
        var body = File.Exists(run.Pc.Root + answer) ? await File.ReadAllTextAsync(run.Pc.Root + answer, Cancellation) : "";
        var requests = await s_upstream.SettledAsync(run.Call, Cancellation);
        await run.RemoveFilesAsync();
        return ($"{result.Output}\n{result.Error}\n{body}".Trim(), requests);
    }

    /// <summary>Paths of the calls with a verdict that the agent recorded while something ran, in order.</summary>
    private async Task<IReadOnlyList<string>> RecordedWhileAsync(Func<Task> run, string verdict = "block")
    {
        await using var agent = await AktoDivert.Agent.Control.ControlClient.ConnectAsync(s_product.Demo.AgentSocket, Cancellation);
        await agent.AskAsync(new AktoDivert.Agent.Control.ControlRequest { Op = AktoDivert.Agent.Control.ControlOps.Tail, Calls = true }, Cancellation);
        await run();

        // Records come in the order in which calls end: behind this one's there is none of the run.
        var last = $"/last-{Guid.NewGuid():N}";
        await s_product.CurlAsync(Cancellation, "-o", "/dev/null", $"https://api.openai.com{last}");
        var paths = new List<string>();
        await foreach (var line in agent.FollowAsync(Cancellation))
        {
            if (line.Call is { } call)
            {
                if (call.Path == last)
                {
                    return paths;
                }

                if (call.Audit?.Guard?.Verdict == verdict)
                {
                    paths.Add(call.Path);
                }
            }
        }

        throw new InvalidOperationException("the agent hung up");
    }

    /// <summary>The next record of a call to the client's path.</summary>
    private async Task<IngestRecord> RecordsAsync(string name)
    {
        var client = LabClients.Named(name);
        await using var agent = await AktoDivert.Agent.Control.ControlClient.ConnectAsync(s_product.Demo.AgentSocket, Cancellation);
        await agent.AskAsync(new AktoDivert.Agent.Control.ControlRequest { Op = AktoDivert.Agent.Control.ControlOps.Tail, Calls = true }, Cancellation);
        await foreach (var line in agent.FollowAsync(Cancellation))
        {
            if (line.Call is { } call && call.Path.Split('?')[0] == client.Path)
            {
                return call;
            }
        }

        throw new InvalidOperationException("the agent hung up");
    }

    private static string Describe(IReadOnlyList<RequestRecord> requests) =>
        "\nupstream saw: " + string.Join(" | ", requests.Select(r => $"{r.Method} {r.Host}{r.Url} {r.RequestLength} bytes, {r.MessagesReceived} messages, {r.PromptMentions} with the prompt, {r.Status}"));
}
