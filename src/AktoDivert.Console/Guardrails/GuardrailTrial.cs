using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Components.Calls;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Processes;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Console.Guardrails;

/// <summary>
/// Judges texts and captured calls by policies without an agent, with the agents' own engine: what it says here is what it says there. Nothing
/// is stored, and nothing leaves the console.
/// </summary>
internal sealed class GuardrailTrial(CallQuery calls, TimeProvider time)
{
    private const int MostCalls = 2000;
    private static readonly TimeSpan Window = TimeSpan.FromDays(7);

    /// <summary>What is wrong with a policy, a sentence each; empty when nothing.</summary>
    public static IReadOnlyList<string> Check(GuardrailPolicy policy)
    {
        PolicyCompiler.Compile([policy with { Enabled = true }], out var errors, "policy");
        return [.. errors.Select(e => e.ToString())];
    }

    /// <summary>Judges a text as if somebody had sent it as a prompt.</summary>
    public async Task<TrialVerdict?> TryTextAsync(IReadOnlyList<GuardrailPolicyRow> policies, string text, Actor by, CancellationToken cancellation)
    {
        var body = JsonSerializer.Serialize(new { model = "playground", messages = new[] { new { role = "user", content = text } } });
        return await JudgeAsync(Guard(Documents(policies), ""), Prompt(by.Name), new Dictionary<string, string>(), body, "", cancellation);
    }

    /// <summary>Judges a captured call; null when there is none, or the person may not see its content.</summary>
    public async Task<TrialVerdict?> TryCallAsync(IReadOnlyList<GuardrailPolicyRow> policies, string id, Actor by, CancellationToken cancellation) =>
        await calls.FindAsync(id, by, cancellation) is (var call, { } content)
            ? await JudgeAsync(Guard(Documents(policies), call.Device), call, content.RequestHeaders, content.RequestBody, content.ResponseBody, cancellation)
            : null;

    /// <summary>Judges the newest calls of the last week by one policy.</summary>
    public async Task<ReplayOutcome> ReplayAsync(GuardrailPolicy policy, Actor by, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var filter = CallFilter.Parse($"since:{Window.TotalDays}d", time.GetUtcNow(), promptsOnly: true);
        var (hits, looked, skipped) = (new List<ReplayHit>(), 0, 0);
        for (var skip = 0; skip < MostCalls; skip += CallQuery.MostAtOnce)
        {
            var rows = await calls.NewestAsync(filter, skip, CallQuery.MostAtOnce, by, cancellation);
            foreach (var row in rows)
            {
                if (await calls.FindAsync(row.Id, by, cancellation) is not (var call, { } content))
                {
                    skipped++;
                    continue;
                }

                looked++;
                var verdict = await JudgeAsync(
                    Guard([policy with { Enabled = true }], call.Device), call, content.RequestHeaders, content.RequestBody, content.ResponseBody, cancellation);
                if (verdict.Findings.Count > 0)
                {
                    hits.Add(new ReplayHit(call.Id, call.StartedMs, Show.App(call), call.Host, Show.Who(call), verdict.Findings));
                }
            }

            if (rows.Count < CallQuery.MostAtOnce)
            {
                break;
            }
        }

        return new ReplayOutcome(looked, skipped, hits, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    // Of its own for each call: a guard remembers what it has seen of a conversation and does not look twice.
    private PolicyGuard Guard(IReadOnlyList<GuardrailPolicy> policies, string device) =>
        new(device, [], remote: null, new AgentCounters(), time) { Policies = PolicyCompiler.Compile(policies, out _) };

    private static async Task<TrialVerdict> JudgeAsync(
        PolicyGuard guard, CallRow call, IReadOnlyDictionary<string, string> headers, string request, string response, CancellationToken cancellation)
    {
        using var head = Head(call, headers);
        var began = Stopwatch.GetTimestamp();
        using var exchange = guard.Begin(FlowOf(call), ExchangeProtocol.Http2, 1, head);
        if (exchange is null)
        {
            return new TrialVerdict(Verdict.Allow, "", [], null, 0);
        }

        var body = Encoding.UTF8.GetBytes(request);
        List<GuardDecision> decisions = [exchange.JudgeHead(), await exchange.JudgeRequestAsync(body, complete: true, cancellation)];
        using var answer = new HeaderBlock();
        answer.Add("content-type"u8, Encoding.UTF8.GetBytes(response.AsSpan().TrimStart() is ['{' or '[', ..] ? "application/json" : "text/event-stream"));
        if (response.Length > 0 && exchange.WantsResponse(call.Status is >= 100 and <= 999 and not (>= 100 and < 200) ? call.Status : 200, answer) != ResponseInterest.None)
        {
            decisions.Add(exchange.ResponseGrew(Encoding.UTF8.GetBytes(response), last: true, new ArrayBufferWriter<byte>()));
        }

        var worst = decisions.MaxBy(d => d.Verdict)!;
        return new TrialVerdict(
            worst.Verdict, worst.Reason ?? "", [.. decisions.SelectMany(d => d.Findings)],
            decisions[1].Replacement is { } masked ? Encoding.UTF8.GetString(masked.Span) : null, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private static HeaderBlock Head(CallRow call, IReadOnlyDictionary<string, string> headers)
    {
        var head = new HeaderBlock();
        void Add(string name, string value) => head.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        Add(":method", call.Method);
        Add(":scheme", "https");
        Add(":authority", call.Host);
        Add(":path", call.Path);
        foreach (var (name, value) in headers.Where(h => !h.Key.StartsWith(':') && h.Key is not ("host" or "x-forwarded-host")))
        {
            Add(name.ToLowerInvariant(), value);
        }

        if (!headers.Keys.Contains("content-type", StringComparer.OrdinalIgnoreCase))
        {
            Add("content-type", "application/json");
        }

        return head;
    }

    private static Flow FlowOf(CallRow call)
    {
        var destination = IPEndPoint.TryParse(call.Destination, out var parsed) ? parsed : new IPEndPoint(IPAddress.Any, 443);
        var process = new ProcessIdentity { Pid = call.Pid, Name = call.Process, Path = call.ProcessPath, UserName = call.User, AppId = call.App };
        return new Flow(new RedirectedFlow(1, destination, process), DateTimeOffset.UnixEpoch)
        {
            Class = ConnectionClass.Tls, ClientHello = new ClientHelloFacts(call.Host.Split(':')[0], [], OffersTls13: true, HasEch: false, ""),
        };
    }

    private static List<GuardrailPolicy> Documents(IReadOnlyList<GuardrailPolicyRow> policies) =>
        [.. policies.Select(p => PolicyDraft.Read(p.Document)).OfType<GuardrailPolicy>().Select(p => p with { Enabled = true })];

    private static CallRow Prompt(string user) => new()
    {
        Id = "", DeviceId = "", Device = "", User = user, App = "", Process = "", ProcessPath = "", Host = "api.anthropic.com", Method = "POST", Path = "/v1/messages",
        Url = "https://api.anthropic.com/v1/messages", Protocol = "HTTP/2", Rule = "", Destination = "", Ja4 = "", Flow = "", Model = "", End = "", Status = 200,
    };
}
