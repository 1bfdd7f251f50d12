using System.Text.Json;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Guarding;
using AktoDivert.Agent.Hosting;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Remote;

namespace AktoDivert.FunctionalTests.Agent.Guarding;

[TestClass]
public sealed class AktoEvaluationTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_verdict_is_asked_for_as_akto_wants_it_and_silence_is_unchecked()
    {
        await using var service = await Collector.StartAsync();
        var options = new AgentOptions { Guard = new GuardSection { RemoteTimeout = TimeSpan.FromSeconds(1) }, Device = new DeviceSection { Label = "laptop" } };
        var token = new TokenSource("/nonexistent", "device-token");
        using var client = new ConsoleClient(new ConsoleClientOptions { Ingestion = service.Address }, token, TimeProvider.System);
        using var link = new ConsoleLink(service.Address, token, client);
        var counters = new AgentCounters();
        var evaluation = new AktoEvaluation(link, options, Device.Identify(options), counters, TimeProvider.System);
        var call = new RemoteCall("POST", "api.anthropic.com", "/v1/messages", "claude-code", "ada", "is this \"fine\"?");

        service.Answer = """{"data":{"guardrailsResult":{"Allowed":false,"Reason":"no","behaviour":"warn"}}}""";
        var verdict = await evaluation.EvaluateAsync(call, TestContext.CancellationToken);
        Assert.AreEqual((Verdict.Warn, "no"), (verdict.Verdict, verdict.Reason));
        var (path, body) = service.Posts.Single();
        Assert.AreEqual("/api/http-proxy?guardrails=true&response_guardrails=false&ingest_data=false", path);
        using var record = JsonDocument.Parse(body);
        Assert.IsTrue(record.RootElement.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.String), "every member is a string");
        Assert.AreEqual("is this \"fine\"?", JsonDocument.Parse(record.RootElement.GetProperty("requestPayload").GetString()!).RootElement.GetProperty("body").GetString());
        Assert.AreEqual("MIRRORING", record.RootElement.GetProperty("source").GetString());

        service.Silence = new TaskCompletionSource();
        Assert.IsNotNull((await evaluation.EvaluateAsync(call, TestContext.CancellationToken)).Unchecked);
        var asked = service.Posts.Count;
        Assert.IsNotNull((await evaluation.EvaluateAsync(call, TestContext.CancellationToken)).Unchecked);
        Assert.AreEqual(asked, service.Posts.Count, "an outage costs one wait");
        Assert.AreEqual((1L, 1L), (counters["guard.remote.unchecked.time-out"], counters["guard.remote.unchecked.paused"]));
    }
}
