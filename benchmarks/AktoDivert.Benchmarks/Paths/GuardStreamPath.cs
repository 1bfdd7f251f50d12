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

namespace AktoDivert.Benchmarks.Paths;

/// <summary>An answer of a hundred events through a policy that redacts secrets and personal data.</summary>
internal abstract class GuardStreamPath : HotPath
{
    private const int Events = 100;

    private readonly byte[][] _events;
    private readonly PolicyGuard _guard;
    private readonly ArrayBufferWriter<byte> _released = new();

    private GuardStreamPath(Func<int, string> text)
    {
        _events = [.. Enumerable.Range(0, Events).Select(i => Encoding.ASCII.GetBytes(
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + text(i) + "\"}}\n\n"))];
        var policies = PolicyCompiler.Compile(
            [new GuardrailPolicy { Name = "p", Action = "redact", Detectors = [new GuardrailDetector { Type = "secrets" }, new GuardrailDetector { Type = "pii" }] }], out _);
        _guard = new PolicyGuard("benchmark", [], null, new AgentCounters(), TimeProvider.System) { Policies = policies };
    }

    /// <inheritdoc />
    public override void Run()
    {
        var flow = new Flow(new RedirectedFlow(1, new IPEndPoint(IPAddress.Loopback, 443), new ProcessIdentity { Pid = 1, Name = "app" }), default);
        using var head = new HeaderBlock();
        head.Add(":method"u8, "POST"u8);
        head.Add(":path"u8, "/v1/messages"u8);
        using var exchange = _guard.Begin(flow, ExchangeProtocol.Http11, 1, head)!;
        using var response = new HeaderBlock();
        response.Add("content-type"u8, "text/event-stream"u8);
        _released.ResetWrittenCount();
        if (exchange.WantsResponse(200, response) == ResponseInterest.None)
        {
            throw new InvalidOperationException("the policy does not look at answers");
        }

        foreach (var one in _events)
        {
            exchange.ResponseGrew(one, false, _released);
        }

        exchange.ResponseGrew([], true, _released);
    }

    /// <summary>Words: every event passes as it came.</summary>
    internal sealed class Untouched() : GuardStreamPath(i => i % 7 == 0 ? "stopped. " : " growing words")
    {
        /// <inheritdoc />
        public override string Name => "guard-stream-100";
    }

    /// <summary>A token split over events, again and again.</summary>
    internal sealed class Redacted() : GuardStreamPath(i => (i % 5) switch { 0 => " key AKIA", 1 => "Z3MSJV4W", 2 => "WXPK5RTQ", 3 => " and", _ => " more" })
    {
        /// <inheritdoc />
        public override string Name => "guard-redact-100";
    }
}
