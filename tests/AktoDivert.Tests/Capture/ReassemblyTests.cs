using System.Text.Json;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class ReassemblyTests
{
    [TestMethod]
    public void Anthropic_stream_becomes_its_message()
    {
        var message = Reassemble(
            """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"usage":{"input_tokens":25,"output_tokens":1}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""",
            """{"type":"ping"}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello"}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"!"}}""",
            """{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\""}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":": [1]}"}}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":15}}""",
            """{"type":"message_stop"}""");
        Assert.AreEqual(
            """{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"Hello!"},{"type":"tool_use","id":"t","name":"f","input":{"a": [1]}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":15}}"""
                .Replace(": [1]", ":[1]", StringComparison.Ordinal),
            message.Text);
        Assert.IsNull(message.Missing);
    }

    [TestMethod]
    public void Chat_chunks_become_a_completion()
    {
        var completion = Reassemble(
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt","choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"usage":null}""",
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt","choices":[{"index":0,"delta":{"content":"Hi"}}],"usage":null}""",
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"f","arguments":"{\"a\""}}]}}]}""",
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"finish_reason":"tool_calls"}]}""",
            """{"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}""",
            "[DONE]");
        Assert.AreEqual(
            """{"object":"chat.completion","id":"c","created":1,"model":"gpt","usage":{"prompt_tokens":3,"completion_tokens":4},"choices":[{"index":0,"message":{"role":"assistant","content":"Hi","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"}]}""",
            completion.Text);
        Assert.IsNull(completion.Missing);
    }

    [TestMethod]
    public void Legacy_completions_keep_their_text()
    {
        var completion = Reassemble(
            """{"object":"text_completion","choices":[{"index":0,"text":"a"}]}""", """{"object":"text_completion","choices":[{"index":0,"text":"b","finish_reason":"stop"}]}""");
        Assert.AreEqual("""{"object":"text_completion","choices":[{"index":0,"text":"ab","finish_reason":"stop"}]}""", completion.Text);
    }

    [TestMethod]
    public void Responses_stream_becomes_the_completed_response()
    {
        var response = Reassemble(
            """{"type":"response.created","response":{"id":"r","output":[]}}""",
            """{"type":"response.output_text.delta","output_index":0,"delta":"x"}""",
            """{"type":"response.completed","response":{"id":"r","output":[{"type":"message"}],"usage":{"input_tokens":1,"output_tokens":2}}}""");
        Assert.AreEqual("""{"id":"r","output":[{"type":"message"}],"usage":{"input_tokens":1,"output_tokens":2}}""", response.Text);
        Assert.IsNull(response.Missing);
    }

    [TestMethod]
    public void A_stream_cut_short_keeps_what_came_and_says_so()
    {
        var response = Reassemble(
            """{"type":"response.created","response":{"id":"r","output":[]}}""", """{"type":"response.output_text.delta","output_index":0,"delta":"par"}""", """{"type":"response.output_text.delta","output_index":0,"delta":"tial"}""");
        Assert.AreEqual("partial", Exchanges.Json(response.Text).GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
        StringAssert.Contains(response.Missing, "the stream has no end");
    }

    [TestMethod]
    public void An_unknown_stream_is_its_data_line_by_line() =>
        Assert.AreEqual("""{"body":"{\"o\":\"add\",\"v\":\"x\"}\n{\"v\":\"y\"}\n[DONE]","events":3}""", Reassemble("""{"o":"add","v":"x"}""", """{"v":"y"}""", "[DONE]").Text);

    [TestMethod]
    [DataRow("""{"type":"message_start","message":[]}""")]
    [DataRow("""{"type":"message_start","message":{"content":5,"usage":"none"}}""")]
    [DataRow("""{"object":"chat.completion.chunk","choices":[5,{"delta":7},{"index":"x","delta":{"tool_calls":{}}}]}""")]
    [DataRow("""{"type":"response.completed","response":null}""")]
    [DataRow("""{"type":"response.output_text.delta","output_index":1e99,"delta":"\ud800"}""")]
    public void Members_of_the_wrong_type_count_as_absent(string data) => Assert.AreEqual(JsonValueKind.Object, Exchanges.Json(Reassemble(data).Text).ValueKind);

    private static (string Text, string? Missing) Reassemble(params string[] events)
    {
        var record = Exchanges.Record(Exchanges.Post(response: string.Concat(events.Select(e => $"data: {e}\n\n")), responseType: "text/event-stream; charset=utf-8"));
        return (record.ResponsePayload, record.Audit!.Incomplete);
    }
}
