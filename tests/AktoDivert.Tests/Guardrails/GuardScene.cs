using System.Buffers;
using System.Net;
using System.Text;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Processes;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Guardrails.Remote;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Guardrails;

/// <summary>A guard with policies, an app that calls through it, and what comes of it.</summary>
internal sealed class GuardScene
{
    public GuardScene(params GuardrailPolicy[] policies)
        : this(null, policies)
    {
    }

    public GuardScene(IRemoteEvaluation? remote, params GuardrailPolicy[] policies)
    {
        Guard = new PolicyGuard("laptop-7", ["finance"], remote, new AgentCounters(), Time);
        Apply(policies);
    }

    public TestTimeProvider Time { get; } = new();

    public PolicyGuard Guard { get; }

    public string Host { get; init; } = "api.anthropic.com";

    public string Path { get; init; } = "/v1/messages";

    public string ContentType { get; init; } = "application/json";

    public List<(string Name, string Value)> Fields { get; } = [];

    /// <summary>A policy about the marker <c>ZEBRA-</c> followed by four digits: short, and a detector that has to wait for its end.</summary>
    public static GuardrailPolicy Marker(string action, Func<GuardrailPolicy, GuardrailPolicy>? change = null)
    {
        var policy = new GuardrailPolicy
        {
            Name = "markers",
            Action = action,
            Severity = "high",
            Message = "No markers, please.",
            Detectors = [new GuardrailDetector { Type = "regex", Patterns = ["ZEBRA-[0-9]{4}"] }],
        };
        return change is null ? policy : change(policy);
    }

    public void Apply(params GuardrailPolicy[] policies)
    {
        Guard.Policies = PolicyCompiler.Compile(policies, out var errors);
        Assert.AreEqual("", string.Join('\n', errors));
    }

    public Flow Flow()
    {
        var process = new ProcessIdentity { Pid = 4711, Name = "claude", AppId = "claude-code", UserName = "ada" };
        return new Flow(new RedirectedFlow(77, new IPEndPoint(IPAddress.Parse("160.79.104.10"), 443), process), DateTimeOffset.UnixEpoch)
        {
            ClientHello = new ClientHelloFacts(Host, [], true, false, ""),
        };
    }

    public IExchangeGuard Begin(ExchangeProtocol protocol = ExchangeProtocol.Http11)
    {
        using var head = new HeaderBlock();
        foreach (var (name, value) in new[] { (":method", "POST"), (":path", Path), (":authority", Host), ("content-type", ContentType) }.Concat(Fields))
        {
            head.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        }

        return Guard.Begin(Flow(), protocol, 1, head)!;
    }

    public async Task<GuardDecision> RequestAsync(string body, bool complete = true)
    {
        using var exchange = Begin();
        return await exchange.JudgeRequestAsync(Encoding.UTF8.GetBytes(body), complete, CancellationToken.None);
    }

    /// <summary>Sends a request, then an answer in pieces; what came out, and all decisions about it.</summary>
    public async Task<(string Text, List<GuardDecision> Decisions, IExchangeGuard Exchange)> AnswerAsync(
        string request, string mediaType, IEnumerable<string> pieces)
    {
        var exchange = Begin();
        await exchange.JudgeRequestAsync(Encoding.UTF8.GetBytes(request), true, CancellationToken.None);
        using var head = new HeaderBlock();
        head.Add(":status"u8, "200"u8);
        head.Add("content-type"u8, Encoding.Latin1.GetBytes(mediaType));
        exchange.WantsResponse(200, head);
        var released = new ArrayBufferWriter<byte>();
        var decisions = new List<GuardDecision>();
        foreach (var piece in pieces)
        {
            decisions.Add(exchange.ResponseGrew(Encoding.Latin1.GetBytes(piece), false, released));
        }

        decisions.Add(exchange.ResponseGrew([], true, released));
        return (Encoding.Latin1.GetString(released.WrittenSpan), decisions, exchange);
    }
}
