using System.Buffers;
using System.Text.Json;
using AktoDivert.Capture.Sse;
using AktoDivert.Capture.Sse.Reassembly;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Event streams: the events must not depend on where the input is cut, and the reassembled answer must be JSON.</summary>
internal sealed class SseTarget : IFuzzTarget
{
    public string Name => "sse";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"m","content":[],"usage":{"input_tokens":3}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel\ud83d\ude00"}}

        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}

        data: {"type":"message_stop"}


        """u8.ToArray(),
        "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]}}]}\r\n\r\ndata: [DONE]\r\n\r\n"u8.ToArray(),
        "data: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"a\"}\n\ndata: {\"type\":\"response.completed\",\"response\":{\"output\":[]}}\n\n"u8.ToArray(),
        [0xef, 0xbb, 0xbf, .. ": c\rdata\rdata: x\revent: y\r\r"u8],
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        var whole = new SseReader(4096);
        whole.Feed(input);
        var single = new SseReader(4096);
        foreach (var b in input)
        {
            single.Feed([b]);
        }

        whole.Finish();
        single.Finish();
        var stream = new StreamReassembler(4096);
        while (whole.TryRead(out var next))
        {
            if (!single.TryRead(out var other) || other.Name != next.Name || !other.Data.Span.SequenceEqual(next.Data.Span))
            {
                throw new InvalidDataException("The events depend on where the input is cut.");
            }

            stream.Add(next.Data.Span);
        }

        if (single.TryRead(out _))
        {
            throw new InvalidDataException("The events depend on where the input is cut.");
        }

        var output = new ArrayBufferWriter<byte>();
        stream.Write(output);
        using var answer = JsonDocument.Parse(output.WrittenMemory, new JsonDocumentOptions { MaxDepth = 512 });
    }
}
