using System.Diagnostics;
using System.Diagnostics.Metrics;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Export;

namespace AktoDivert.Agent.Telemetry;

/// <summary>
/// AI calls as spans and metrics by OpenTelemetry's semantic conventions for generative AI (v1.41.1, docs/gen-ai/gen-ai-spans.md and
/// gen-ai-metrics.md). Prompts and answers are content: they are exported only when asked for. What a guardrail found never is.
/// </summary>
internal sealed class GenAiTelemetry : IDisposable
{
    /// <summary>Name of the source of spans and of the meter.</summary>
    public const string Name = "AktoDivert.GenAi";

    private readonly ActivitySource _source = new(Name);
    private readonly Meter _meter = new(Name);
    private readonly Histogram<long> _tokens;
    private readonly Histogram<double> _duration;
    private readonly CallContentReader? _content;

    /// <summary>Makes the instruments.</summary>
    /// <param name="withContent">Whether spans hold what was said.</param>
    public GenAiTelemetry(bool withContent)
    {
        _content = withContent ? new CallContentReader() : null;
        _tokens = _meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}", "Tokens used by a call.");
        _duration = _meter.CreateHistogram<double>("gen_ai.client.operation.duration", "s", "Time from the request to the end of the answer.");
    }

    /// <summary>Exports a record; records that hold no AI call are passed over.</summary>
    public void Export(IngestRecord record)
    {
        if (record.Audit is not { Ai: { } call } audit)
        {
            return;
        }

        var started = DateTimeOffset.FromUnixTimeMilliseconds(audit.StartUnixMilliseconds);
        var tags = Tags(record, audit, call);
        using (var span = _source.StartActivity($"{call.Operation} {call.RequestModel}".Trim(), ActivityKind.Client, default(ActivityContext), tags, null, started))
        {
            if (span is not null)
            {
                AddToSpan(span, audit, call);
                AddContent(span, record);
                span.SetEndTime(started.AddMilliseconds(audit.DurationMilliseconds).UtcDateTime);
            }
        }

        var shared = new TagList(tags.Where(tag => tag.Key is "gen_ai.operation.name" or "gen_ai.provider.name" or "gen_ai.request.model" or "gen_ai.response.model" or "server.address").ToArray());
        _duration.Record(audit.DurationMilliseconds / 1000, shared);
        foreach (var (kind, count) in new[] { ("input", call.InputTokens), ("output", call.OutputTokens) })
        {
            // The conventions allow only counts that the provider gave.
            if (count is { } tokens && !call.TokensEstimated)
            {
                var withKind = shared;
                withKind.Add("gen_ai.token.type", kind);
                _tokens.Record(tokens, withKind);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _source.Dispose();
        _meter.Dispose();
    }

    private static List<KeyValuePair<string, object?>> Tags(IngestRecord record, ExchangeAudit audit, AuditAiCall call)
    {
        var tags = new List<KeyValuePair<string, object?>>();
        Add("gen_ai.operation.name", call.Operation);
        Add("gen_ai.provider.name", call.Provider);
        Add("gen_ai.request.model", call.RequestModel);
        Add("gen_ai.response.model", call.ResponseModel);
        Add("gen_ai.response.id", call.ResponseId);
        Add("gen_ai.conversation.id", call.ConversationId);
        Add("mcp.method.name", call.McpMethod);
        Add("mcp.session.id", call.McpSessionId);
        Add("server.address", audit.Sni);
        Add("process.executable.name", audit.Process);
        Add("process.executable.path", audit.ProcessPath);
        Add("process.owner", audit.User);
        Add("host.name", audit.Device);
        tags.Add(new("process.pid", (long)audit.Pid));
        if (int.TryParse(record.StatusCode, out var status) && status >= 400)
        {
            Add("error.type", record.StatusCode);
        }

        return tags;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                tags.Add(new(name, value));
            }
        }
    }

    private void AddContent(Activity span, IngestRecord record)
    {
        if (_content?.Read(record) is { } content)
        {
            span.SetTag("gen_ai.system_instructions", content.SystemInstructions);
            span.SetTag("gen_ai.input.messages", content.InputMessages);
            span.SetTag("gen_ai.output.messages", content.OutputMessages);
        }
    }

    private static void AddToSpan(Activity span, ExchangeAudit audit, AuditAiCall call)
    {
        span.SetTag("gen_ai.response.finish_reasons", call.FinishReasons?.ToArray());
        span.SetTag("gen_ai.usage.input_tokens", call.InputTokens);
        span.SetTag("gen_ai.usage.output_tokens", call.OutputTokens);
        span.SetTag("gen_ai.usage.cache_read.input_tokens", call.CacheReadTokens);
        span.SetTag("gen_ai.usage.cache_creation.input_tokens", call.CacheCreationTokens);
        span.SetTag("gen_ai.usage.reasoning.output_tokens", call.ReasoningTokens);
        span.SetTag("gen_ai.response.time_to_first_chunk", call.TimeToFirstChunkSeconds ?? (audit.TimeToFirstByteMilliseconds / 1000));
        span.SetTag("gen_ai.tool.name", call.ToolNames is [var only] ? only : null);
        span.SetTag("aktodivert.tokens.estimated", call.TokensEstimated ? true : null);
        span.SetTag("aktodivert.guard.verdict", audit.Guard?.Verdict);
        span.SetTag("aktodivert.guard.policy", audit.Guard is { Policy.Length: > 0 } guard ? guard.Policy : null);
        if (span.GetTagItem("error.type") is not null)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
