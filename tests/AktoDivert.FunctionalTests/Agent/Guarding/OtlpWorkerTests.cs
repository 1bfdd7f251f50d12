using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Telemetry;
using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Agent.Guarding;

[TestClass]
public sealed class OtlpWorkerTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_call_arrives_as_a_span_and_as_metrics_without_its_content()
    {
        await using var collector = await Collector.StartAsync();
        var feed = new RecordFeed();
        var counters = new AgentCounters();
        using var worker = new OtlpWorker(new AgentOptions { Guard = new GuardSection { OtlpEndpoint = collector.Address } }, feed, counters);
        await worker.StartAsync(TestContext.CancellationToken);
        while (counters["otlp.exported"] == 0)
        {
            feed.Publish(Record());
            await Task.Yield();
        }

        // Stopping sends what waits.
        await worker.StopAsync(TestContext.CancellationToken);
        var spans = string.Concat(collector.Posts.Where(p => p.Path == "/v1/traces").Select(p => p.Body));
        var metrics = string.Concat(collector.Posts.Where(p => p.Path == "/v1/metrics").Select(p => p.Body));
        foreach (var name in new[] { "chat claude-x", "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.usage.input_tokens", "gen_ai.response.time_to_first_chunk", "server.address", "api.anthropic.com" })
        {
            StringAssert.Contains(spans, name);
        }

        StringAssert.Contains(metrics, "gen_ai.client.token.usage");
        StringAssert.Contains(metrics, "gen_ai.client.operation.duration");
        Assert.IsFalse(spans.Contains("secret prompt", StringComparison.Ordinal) || metrics.Contains("secret prompt", StringComparison.Ordinal));
    }

    private static IngestRecord Record() => new()
    {
        Path = "/v1/messages", Method = "POST", RequestHeaders = "{}", ResponseHeaders = "{}", RequestPayload = "secret prompt", ResponsePayload = "secret prompt", Ip = "ada",
        DestinationIp = "127.0.0.1", Time = "1", StatusCode = "200", Type = "HTTP/1.1", Status = "200", VxlanId = "d", Tag = "{}",
        Audit = new ExchangeAudit
        {
            Id = "1", Device = "laptop", Url = "https://api.anthropic.com/v1/messages", Sni = "api.anthropic.com", StartUnixMilliseconds = 1_780_531_200_000, DurationMilliseconds = 1500,
            Ai = new AuditAiCall
            {
                Shape = "anthropic.messages", Operation = "chat", Provider = "anthropic", RequestModel = "claude-x", InputTokens = 12, OutputTokens = 3, TimeToFirstChunkSeconds = 0.2,
            },
        },
    };
}
