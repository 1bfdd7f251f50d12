using System.Text;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Guardrails;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A call whose answer came as 100 events, read by a guard without policies and put together for the record.</summary>
internal sealed class StreamedCapturePath() : CapturePath(new PolicyGuard("benchmark", [], null, new AgentCounters(), TimeProvider.System))
{
    private static readonly byte[] Events = Encoding.ASCII.GetBytes(string.Concat(
        (IEnumerable<string>)
        [
            """event: message_start{0}data: {"type":"message_start","message":{"id":"msg_01","role":"assistant","content":[],"usage":{"input_tokens":500,"output_tokens":1}}}{0}{0}""",
            """event: content_block_start{0}data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}{0}{0}""",
            .. Enumerable.Repeat("""event: content_block_delta{0}data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" lorem ipsum"}}{0}{0}""", 97),
            """event: message_stop{0}data: {"type":"message_stop"}{0}{0}""",
        ]).Replace("{0}", "\n", StringComparison.Ordinal));

    /// <inheritdoc />
    public override string Name => "capture-read-events";

    private protected override void Fill(Exchange exchange, Flow flow)
    {
        SampleCall.Fill(exchange, flow);
        exchange.ResponseHeaders.Clear();
        exchange.ResponseHeaders.Add(":status"u8, "200"u8);
        exchange.ResponseHeaders.Add("content-type"u8, "text/event-stream"u8);
        exchange.ResponseBody.Clear();
        exchange.ResponseBody.Append(Events);
    }
}
