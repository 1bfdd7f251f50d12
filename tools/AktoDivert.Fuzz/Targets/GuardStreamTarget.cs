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

namespace AktoDivert.Fuzz.Targets;

/// <summary>
/// Answers through the guard: whatever the bytes and however they are cut, what comes out has the same length, is the same for every cut, and holds
/// no text that the policy masks in a decided stream.
/// </summary>
internal sealed class GuardStreamTarget : IFuzzTarget
{
    private static readonly (string Path, string Type)[] Streams =
    [
        ("/v1/messages", "text/event-stream"), ("/v1/chat/completions", "text/event-stream"), ("/v1/responses", "text/event-stream"),
        ("/backend-api/conversation", "text/event-stream"), ("/api/chat", "application/x-ndjson"), ("/v1/models/m:streamGenerateContent", "application/json"),
        ("/model/m/converse-stream", "application/vnd.amazon.eventstream"), ("/v1/messages", "application/json"),
    ];

    private readonly PolicySet _policies = PolicyCompiler.Compile(
        [new GuardrailPolicy { Name = "fuzz", Action = "redact", CannotRedact = "alert", Detectors = [new GuardrailDetector { Type = "words", Words = ["marker"] }] }], out _);

    public string Name => "guard-stream";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a mar\"}}\n\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"text\":\"ker b\"}}\r\n\r\n"u8.ToArray(),
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"marker\"}}]}\n\ndata: [DONE]\n\n"u8.ToArray(),
        "data: {\"type\":\"response.output_text.delta\",\"item_id\":\"i\",\"delta\":\"mark\"}\n\ndata: {\"type\":\"response.output_text.done\",\"text\":\"marker\"}\n\n"u8.ToArray(),
        "data: {\"o\":\"append\",\"p\":\"/message/content/parts/0\",\"v\":\"mar\"}\n\ndata: {\"v\":\"ker\"}\n\n"u8.ToArray(),
        "{\"message\":{\"content\":\"mar\"}}\n{\"message\":{\"content\":\"ker\"},\"done\":true}\n"u8.ToArray(),
        "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"marker\"}]}}]},{}]"u8.ToArray(),
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        foreach (var (path, type) in Streams)
        {
            var whole = Run(input, path, type, Math.Max(1, input.Length));
            if (whole.Length != input.Length || !whole.AsSpan().SequenceEqual(Run(input, path, type, 3)))
            {
                throw new InvalidDataException($"{path} {type}: what comes out depends on how it was cut, or has another length.");
            }
        }
    }

    private byte[] Run(ReadOnlySpan<byte> input, string path, string type, int step)
    {
        var guard = new PolicyGuard("fuzz", [], null, new AgentCounters(), TimeProvider.System) { Policies = _policies };
        var flow = new Flow(new RedirectedFlow(1, new IPEndPoint(IPAddress.Loopback, 443), new ProcessIdentity { Pid = 1, Name = "fuzz" }), default);
        using var head = new HeaderBlock();
        head.Add(":method"u8, "POST"u8);
        head.Add(":path"u8, Encoding.ASCII.GetBytes(path));
        using var exchange = guard.Begin(flow, ExchangeProtocol.Http11, 1, head)!;
        using var response = new HeaderBlock();
        response.Add("content-type"u8, Encoding.ASCII.GetBytes(type));
        var released = new ArrayBufferWriter<byte>();
        if (exchange.WantsResponse(200, response) == ResponseInterest.None)
        {
            return input.ToArray();
        }

        for (var at = 0; at < input.Length; at += step)
        {
            exchange.ResponseGrew(input.Slice(at, Math.Min(step, input.Length - at)), false, released);
        }

        exchange.ResponseGrew([], true, released);
        return exchange.HeldBytes == 0 ? released.WrittenSpan.ToArray() : throw new InvalidDataException("something is held after the end");
    }
}
