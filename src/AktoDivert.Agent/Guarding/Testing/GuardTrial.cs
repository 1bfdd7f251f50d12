using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using AktoDivert.Capture.Records;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Agent.Guarding.Testing;

/// <summary>Judges calls as the running agent would, one by one and in order, without sending anything.</summary>
internal sealed class GuardTrial(PolicySet policies, string app, TimeProvider time)
{
    private readonly PolicyGuard _guard = new("test", [], null, new AgentCounters(), time) { Policies = policies };

    /// <summary>Judges a call.</summary>
    public async Task<GuardTestResult> RunAsync(GuardSample sample, int number, CancellationToken cancellation)
    {
        var process = new ProcessIdentity { Pid = 1, Name = app, AppId = app, UserName = Environment.UserName };
        var flow = new Flow(new RedirectedFlow(1, new IPEndPoint(IPAddress.Loopback, 443), process), time.GetUtcNow())
        {
            ClientHello = new ClientHelloFacts(sample.Host, [], true, false, ""),
        };
        using var head = new HeaderBlock();
        foreach (var (name, value) in sample.Fields.Prepend(new(":authority", sample.Host)).Prepend(new(":path", sample.Path)).Prepend(new(":method", sample.Method)))
        {
            head.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        }

        var judgement = new ExchangeJudgement();
        var body = Encoding.UTF8.GetBytes(sample.Body);
        var began = time.GetTimestamp();
        using var exchange = _guard.Begin(flow, ExchangeProtocol.Http11, 1, head)!;
        judgement.Add(exchange.JudgeHead());
        var request = await exchange.JudgeRequestAsync(body, true, cancellation);
        judgement.Add(request);
        var passes = request.Replacement is { } replaced ? Encoding.UTF8.GetString(replaced.Span) : null;
        if (!judgement.Blocked && sample.AnswerType.Length > 0)
        {
            passes = Answer(sample, exchange, judgement) ?? passes;
        }

        var took = time.GetElapsedTime(began).TotalMilliseconds;
        var audit = JudgementRecord.ToAudit(judgement)!;
        exchange.WriteCall(judgement.Call);
        var call = judgement.Call.Length > 0 ? JsonSerializer.Deserialize(judgement.Call.Span, WireJson.Default.AuditAiCall) : null;
        judgement.Clear();
        return new GuardTestResult(
            number, call?.Shape ?? "unknown", audit.Verdict, audit.Policy, audit.Reason, audit.Unchecked, took, audit.Findings, passes);
    }

    private static string? Answer(GuardSample sample, IExchangeGuard exchange, ExchangeJudgement judgement)
    {
        using var head = new HeaderBlock();
        head.Add(":status"u8, "200"u8);
        head.Add("content-type"u8, Encoding.UTF8.GetBytes(sample.AnswerType));
        if (exchange.WantsResponse(200, head) == ResponseInterest.None)
        {
            return null;
        }

        var released = new ArrayBufferWriter<byte>();
        var decision = exchange.ResponseGrew(Encoding.UTF8.GetBytes(sample.Answer), true, released);
        judgement.Add(decision);
        return decision.Verdict == Verdict.Redact ? Encoding.UTF8.GetString(released.WrittenSpan) : null;
    }
}
