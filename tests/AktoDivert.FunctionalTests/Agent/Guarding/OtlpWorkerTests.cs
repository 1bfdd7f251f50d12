using System.Text.Json;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Telemetry;
using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Agent.Guarding;

// A source of spans is known by its name in the whole process: two exports at once would each get the other's.
[TestClass]
[DoNotParallelize]
public sealed class OtlpWorkerTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_call_arrives_as_a_span_and_as_metrics_without_its_content()
    {
        var (spans, metrics) = await ExportAsync(new GuardSection());
        foreach (var name in new[] { "chat claude-x", "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.usage.input_tokens", "gen_ai.response.time_to_first_chunk", "server.address", "api.anthropic.com" })
        {
            StringAssert.Contains(spans, name);
        }

        StringAssert.Contains(metrics, "gen_ai.client.token.usage");
        StringAssert.Contains(metrics, "gen_ai.client.operation.duration");
        foreach (var content in new[] { "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "weather", "rainy", "terse" })
        {
            Assert.DoesNotContain(content, spans);
            Assert.DoesNotContain(content, metrics);
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Content_is_exported_when_opted_in_with_its_secrets_masked()
    {
        var (spans, metrics) = await ExportAsync(new GuardSection { OtlpContent = true });
        StringAssert.Contains(spans, "gen_ai.system_instructions");
        StringAssert.Contains(spans, """[{"type":"text","content":"Be terse."}]""");
        StringAssert.Contains(spans, "gen_ai.input.messages");
        StringAssert.Contains(spans, """[{"role":"user","parts":[{"type":"text","content":"The weather in Paris? Key [SECRET ****""");
        StringAssert.Contains(spans, "gen_ai.output.messages");
        StringAssert.Contains(spans, """[{"role":"assistant","parts":[{"type":"text","content":"It is rainy."}],"finish_reason":"end_turn"}]""");
        Assert.DoesNotContain(Secret, spans);
        Assert.DoesNotContain("weather", metrics);
    }

    private async Task<(string Spans, string Metrics)> ExportAsync(GuardSection guard)
    {
        await using var collector = await Collector.StartAsync();
        var feed = new RecordFeed(TimeProvider.System);
        var record = JsonSerializer.SerializeToUtf8Bytes(Record(), WireJson.Default.IngestRecord);
        var counters = new AgentCounters();
        using var worker = new OtlpWorker(new AgentOptions { Guard = guard with { OtlpEndpoint = collector.Address } }, feed, counters);
        await worker.StartAsync(TestContext.CancellationToken);
        while (counters["otlp.exported"] == 0)
        {
            feed.Publish(record, new Exchange { EndTimestamp = long.MaxValue });
            await Task.Yield();
        }

        // Stopping sends what waits.
        await worker.StopAsync(TestContext.CancellationToken);
        return (BodiesOf("/v1/traces"), BodiesOf("/v1/metrics"));

        string BodiesOf(string path) => string.Concat(collector.Posts.Where(p => p.Path == path).Select(p => p.Body));
    }

    private const string Secret = "AKIA" + "Z3MSJV4WWXPK5RTQ";

    private static IngestRecord Record() => new()
    {
        Path = "/v1/messages", Method = "POST", RequestHeaders = "{}", ResponseHeaders = "{}",
        RequestPayload = """{"model":"claude-x","system":"Be terse.","messages":[{"role":"user","content":"The weather in Paris? Key """ + Secret + "\"}]}",
        ResponsePayload = """{"type":"message","role":"assistant","content":[{"type":"text","text":"It is rainy."}],"stop_reason":"end_turn"}""", Ip = "ada",
        DestinationIp = "127.0.0.1", Time = "1", StatusCode = "200", Type = "HTTP/1.1", Status = "200", VxlanId = "d", Tag = "{}",
        Audit = new ExchangeAudit
        {
            Id = "1", Device = "laptop", Url = "https://api.anthropic.com/v1/messages", Sni = "api.anthropic.com", StartUnixMilliseconds = 1_780_531_200_000, DurationMilliseconds = 1500,
            Ai = new AuditAiCall
            {
                Shape = "anthropic.messages", Operation = "chat", Provider = "anthropic", RequestModel = "claude-x", InputTokens = 12, OutputTokens = 3, TimeToFirstChunkSeconds = 0.2,
                FinishReasons = ["end_turn"],
            },
        },
    };
}
