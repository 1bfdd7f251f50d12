using System.Buffers;
using System.Text;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Tests.Guardrails.Engine;

namespace AktoDivert.Tests.Guardrails.Streams;

[TestClass]
public sealed class ResponseJudgeTests
{
    private const string Request = """{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    private static string Anthropic(params string[] texts) =>
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"claude-x\",\"usage\":{\"input_tokens\":5,\"cache_read_input_tokens\":7}}}\n\n"
        + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
        + string.Concat(texts.Select(t => $"event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{t}\"}}}}\n\n"))
        + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
        + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":11}}\n\n"
        + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    [TestMethod]
    public async Task An_untouched_stream_passes_byte_for_byte_and_gives_its_facts()
    {
        var stream = Anthropic("Hello ", "world", ".");
        var (text, decisions, exchange) = await new GuardScene(GuardScene.Marker("redact")).AnswerAsync(Request, "text/event-stream", [stream]);
        Assert.AreEqual(stream, text);
        Assert.IsTrue(decisions.TrueForAll(d => d.Verdict == Verdict.Allow));
        var call = exchange.Facts()!;
        Assert.AreEqual(("anthropic.messages", "anthropic", "chat", "m", "claude-x", "msg_1"), (call.Shape, call.Provider, call.Operation, call.RequestModel, call.ResponseModel, call.ResponseId));
        Assert.AreEqual((12L, 11L, 7L, false), (call.InputTokens, call.OutputTokens, call.CacheReadTokens, call.TokensEstimated));
        CollectionAssert.AreEqual(new[] { "end_turn" }, call.FinishReasons!.ToArray());
        Assert.IsNotNull(call.TimeToFirstChunkSeconds);
    }

    [TestMethod]
    public async Task A_token_split_over_events_at_every_byte_never_leaks()
    {
        const string Token = "ZEBRA-1234";
        for (var first = 0; first <= Token.Length; first++)
        {
            for (var second = first; second <= Token.Length; second++)
            {
                var stream = Anthropic("so: " + Token[..first], Token[first..second], Token[second..] + " end", " tail");
                var (text, decisions, _) = await new GuardScene(GuardScene.Marker("redact")).AnswerAsync(Request, "text/event-stream", [stream]);
                Assert.AreEqual(stream.Length, text.Length);
                Assert.AreEqual(Anthropic("so: " + new string('*', first), new string('*', second - first), new string('*', Token.Length - second) + " end", " tail"), text, $"{first}/{second}");
                Assert.AreEqual(1, decisions.Sum(d => d.Findings.Count));
            }
        }
    }

    [TestMethod]
    public async Task A_stream_cut_at_every_byte_comes_out_the_same()
    {
        var stream = Anthropic("a ZEB", "RA-12", "34 b", "\\u00e9 ZEBRA-7777");
        var expected = (await new GuardScene(GuardScene.Marker("redact")).AnswerAsync(Request, "text/event-stream", [stream])).Text;
        Assert.IsFalse(expected.Contains("RA-", StringComparison.Ordinal));
        for (var at = 1; at < stream.Length; at++)
        {
            var (text, _, _) = await new GuardScene(GuardScene.Marker("redact")).AnswerAsync(Request, "text/event-stream", [stream[..at], stream[at..]]);
            Assert.AreEqual(expected, text, $"cut at {at}");
        }

        var single = await new GuardScene(GuardScene.Marker("redact")).AnswerAsync(Request, "text/event-stream", stream.Select(c => c.ToString()));
        Assert.AreEqual(expected, single.Text);
    }

    [TestMethod]
    public async Task Only_what_could_become_a_finding_waits()
    {
        var scene = new GuardScene(GuardScene.Marker("redact", p => p with { Detectors = [new() { Type = "words", Words = ["zebra crossing"] }] }));
        using var exchange = scene.Begin();
        await exchange.JudgeRequestAsync(Encoding.UTF8.GetBytes(Request), true, CancellationToken.None);
        using var head = new HeaderBlock();
        head.Add("content-type"u8, "text/event-stream"u8);
        Assert.AreEqual(ResponseInterest.SameLength, exchange.WantsResponse(200, head));
        var released = new ArrayBufferWriter<byte>();
        static byte[] Delta(string text) => Encoding.UTF8.GetBytes($"data: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{text}\"}}}}\n\n");
        exchange.ResponseGrew(Delta("some text "), false, released);
        Assert.AreEqual(0, exchange.HeldBytes);
        exchange.ResponseGrew(Delta("a zebra "), false, released);
        Assert.AreNotEqual(0, exchange.HeldBytes);
        exchange.ResponseGrew(Delta("coat "), false, released);
        Assert.AreEqual(0, exchange.HeldBytes);
        exchange.ResponseGrew(Delta("zebra cro"), false, released);
        exchange.ReleaseHeld(released);
        Assert.AreEqual(0, exchange.HeldBytes);
        exchange.ResponseGrew(Delta("ssing"), false, released);
        exchange.ResponseGrew([], true, released);
        var text = Encoding.UTF8.GetString(released.WrittenSpan);
        StringAssert.Contains(text, "\"zebra cro\"");
        StringAssert.Contains(text, "\"*****\"", "the rest of a token whose beginning was let go is masked");
    }

    [TestMethod]
    public async Task Block_ends_the_stream_with_the_apis_error_before_the_text_passed()
    {
        var (text, decisions, _) = await new GuardScene(GuardScene.Marker("block")).AnswerAsync(Request, "text/event-stream", [Anthropic("fine ", "ZEB", "RA-1234", " more")]);
        var block = decisions.Single(d => d.Blocks);
        Assert.IsFalse(text.Contains("ZEB", StringComparison.Ordinal));
        Assert.IsFalse(text.Contains("more", StringComparison.Ordinal));
        StringAssert.StartsWith(Encoding.UTF8.GetString(block.Answer!.StreamTail.Span), "event: error\ndata: {\"type\":\"error\"");
    }

    [TestMethod]
    public async Task Every_copy_of_a_responses_stream_is_masked()
    {
        var scene = new GuardScene(GuardScene.Marker("redact")) { Host = "api.openai.com", Path = "/v1/responses" };
        const string Stream = """
            data: {"type":"response.output_text.delta","item_id":"i","output_index":0,"content_index":0,"delta":"a ZEBRA-"}

            data: {"type":"response.output_text.delta","item_id":"i","output_index":0,"content_index":0,"delta":"1234"}

            data: {"type":"response.output_text.done","item_id":"i","output_index":0,"content_index":0,"text":"a ZEBRA-1234"}

            data: {"type":"response.content_part.done","item_id":"i","part":{"type":"output_text","text":"a ZEBRA-1234"}}

            data: {"type":"response.output_item.done","item":{"id":"i","type":"message","content":[{"type":"output_text","text":"a ZEBRA-1234"}]}}

            data: {"type":"response.completed","response":{"id":"r","model":"gpt-x","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"a ZEBRA-1234"}]}],"usage":{"input_tokens":3,"output_tokens":4}}}


            """;
        var stream = Stream.ReplaceLineEndings("\n");
        var (text, decisions, exchange) = await scene.AnswerAsync("""{"model":"gpt","input":"hi"}""", "text/event-stream", [stream]);
        Assert.AreEqual(stream.Length, text.Length);
        Assert.IsFalse(text.Contains("ZEBRA", StringComparison.Ordinal) || text.Contains("1234", StringComparison.Ordinal), text);
        Assert.AreEqual(1, decisions.Sum(d => d.Findings.Count), "the copies are one finding");
        Assert.AreEqual(("r", 3L, 4L), (exchange.Facts()!.ResponseId, exchange.Facts()!.InputTokens, exchange.Facts()!.OutputTokens));
    }

    [TestMethod]
    public async Task Thinking_is_never_touched()
    {
        var stream = "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"ZEBRA-1234\"}}\n\n";
        Assert.AreEqual(stream, (await new GuardScene(GuardScene.Marker("redact")).AnswerAsync(Request, "text/event-stream", [stream])).Text);
    }

    [TestMethod]
    public async Task A_whole_answer_is_masked_in_place()
    {
        const string Body = """{"id":"msg_2","content":[{"type":"text","text":"ZEBRA-1234"},{"type":"tool_use","name":"save","input":{"p":"ZEBRA-5678"}}],"usage":{"input_tokens":1,"output_tokens":2},"stop_reason":"tool_use"}""";
        var (text, _, exchange) = await new GuardScene(GuardScene.Marker("redact")).AnswerAsync(Request, "application/json", [Body[..20], Body[20..]]);
        Assert.AreEqual(Body.Replace("ZEBRA-1234", "**********", StringComparison.Ordinal).Replace("ZEBRA-5678", "**********", StringComparison.Ordinal), text);
        CollectionAssert.AreEqual(new[] { "save" }, exchange.Facts()!.ToolNames!.ToArray());
    }

    [TestMethod]
    public async Task Lines_and_array_elements_are_events()
    {
        var ollama = new GuardScene(GuardScene.Marker("redact")) { Host = "127.0.0.1", Path = "/api/chat" };
        const string Lines = "{\"message\":{\"content\":\"ZEBRA\"},\"done\":false}\n{\"message\":{\"content\":\"-1234 x\"},\"done\":false}\n{\"done\":true,\"prompt_eval_count\":2,\"eval_count\":3}\n";
        var (lines, _, exchange) = await ollama.AnswerAsync(Request, "application/x-ndjson", Lines.Chunk(7).Select(c => new string(c)));
        Assert.AreEqual(Lines.Replace("ZEBRA", "*****", StringComparison.Ordinal).Replace("-1234", "*****", StringComparison.Ordinal), lines);
        Assert.AreEqual((2L, 3L, "ollama"), (exchange.Facts()!.InputTokens, exchange.Facts()!.OutputTokens, exchange.Facts()!.Provider));

        var gemini = new GuardScene(GuardScene.Marker("redact")) { Host = "generativelanguage.googleapis.com", Path = "/v1beta/models/gemini-x:streamGenerateContent" };
        const string Array = "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"ZEBRA-\"}]}}]}\n,\r\n{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"1234\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":4}}\n]";
        var (array, _, call) = await gemini.AnswerAsync("""{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""", "application/json", Array.Chunk(5).Select(c => new string(c)));
        Assert.AreEqual(Array.Replace("ZEBRA-", "******", StringComparison.Ordinal).Replace("1234", "****", StringComparison.Ordinal), array);
        Assert.AreEqual((4L, "gemini-x"), (call.Facts()!.InputTokens, call.Facts()!.RequestModel));
    }

    [TestMethod]
    public async Task Events_of_aws_are_read_and_left_as_they_are()
    {
        Assert.AreEqual(0xcbf43926u, AktoDivert.Guardrails.Streams.Crc32.Of("123456789"u8), "the check value of the algorithm");
        var stream = Encoding.Latin1.GetString([.. Frame("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"ZEBRA-1234"}}"""), .. Frame("metadata", """{"usage":{"inputTokens":3,"outputTokens":4}}""")]);
        foreach (var action in new[] { "alert", "block" })
        {
            var scene = new GuardScene(GuardScene.Marker("redact", p => p with { CannotRedact = action })) { Host = "bedrock-runtime.x.amazonaws.com", Path = "/model/m/converse-stream" };
            var (text, decisions, exchange) = await scene.AnswerAsync("{}", "application/vnd.amazon.eventstream", stream.Chunk(9).Select(c => new string(c)));
            Assert.AreEqual(action == "alert" ? stream : "", text);
            Assert.AreEqual(1, decisions.Sum(d => d.Findings.Count));
            Assert.AreEqual((3L, 4L), (exchange.Facts()!.InputTokens, exchange.Facts()!.OutputTokens));
        }
    }

    [TestMethod]
    [DataRow("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ZEBRA-"}}""", """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"1234"}}""")]
    [DataRow("""{"contentBlockDelta":{"delta":{"text":"ZEBRA-"},"contentBlockIndex":0}}""", """{"contentBlockDelta":{"delta":{"text":"1234"},"contentBlockIndex":0}}""")]
    [DataRow("""{"outputText":"ZEBRA-"}""", """{"outputText":"1234"}""")]
    [DataRow("""{"generation":"ZEBRA-"}""", """{"generation":"1234"}""")]
    [DataRow("""{"outputs":[{"text":"ZEBRA-"}]}""", """{"outputs":[{"text":"1234"}]}""")]
    public async Task Chunks_of_bedrocks_invoke_are_read_through_their_base64(string first, string second)
    {
        static byte[] Chunk(string json) => Frame("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(json))}}","p":"abc"}""");

        var bytes = (byte[])[.. Chunk(first), .. Chunk(second), .. Frame("chunk", """{"bytes":"?","p":"a"}""")];
        var stream = Encoding.Latin1.GetString(bytes);
        foreach (var action in new[] { "alert", "block" })
        {
            var scene = new GuardScene(GuardScene.Marker("redact", p => p with { CannotRedact = action })) { Host = "bedrock-runtime.x.amazonaws.com", Path = "/model/m/invoke-with-response-stream" };
            var (text, decisions, exchange) = await scene.AnswerAsync("{}", "application/vnd.amazon.eventstream", stream.Chunk(9).Select(c => new string(c)));
            Assert.AreEqual(action == "alert" ? stream : "", text);
            Assert.AreEqual("ZEBRA-1234".Length, decisions.SelectMany(d => d.Findings).Single().Length);
            Assert.AreEqual("bedrock", exchange.Facts()!.Shape);
        }
    }

    [TestMethod]
    public async Task The_record_of_a_chunk_shows_no_secret()
    {
        const string Secret = "AKIA" + "Z3MSJV4WWXPK5RTQ";
        var bytes = Frame("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"outputText":"key {{Secret}} end"}"""))}}"}""");
        var scene = new GuardScene(new GuardrailPolicy { Name = "s", Action = "alert", Detectors = [new GuardrailDetector { Type = "secrets" }] })
        {
            Host = "bedrock-runtime.x.amazonaws.com", Path = "/model/m/invoke-with-response-stream",
        };
        using var exchange = scene.Begin();
        await exchange.JudgeRequestAsync("{}"u8.ToArray(), true, CancellationToken.None);
        using var head = new HeaderBlock();
        head.Add(":status"u8, "200"u8);
        head.Add("content-type"u8, "application/vnd.amazon.eventstream"u8);
        exchange.WantsResponse(200, head);
        var decision = exchange.JudgeResponse(bytes);
        var recorded = Encoding.ASCII.GetString(decision.Recorded!.Value.Span);
        var inner = Encoding.ASCII.GetString(Convert.FromBase64String(recorded[(recorded.IndexOf("bytes", StringComparison.Ordinal) + 8)..recorded.LastIndexOf('"')]));
        Assert.AreEqual("""{"outputText":"key [SECRET ***********] end"}""", inner);
        Assert.AreEqual(Verdict.Alert, decision.Verdict);
    }

    [TestMethod]
    public async Task An_answer_read_after_it_passed_tells_its_facts_and_no_time_of_its_own()
    {
        using var exchange = new GuardScene().Begin();
        await exchange.JudgeRequestAsync(Encoding.UTF8.GetBytes(Request), true, CancellationToken.None);
        using var head = new HeaderBlock();
        head.Add("content-type"u8, "text/event-stream"u8);
        exchange.WantsResponse(200, head);
        Assert.AreEqual(Verdict.Allow, exchange.JudgeResponse(Encoding.UTF8.GetBytes(Anthropic("Hello"))).Verdict);
        Assert.AreEqual(11L, exchange.Facts()!.OutputTokens);
        Assert.IsNull(exchange.Facts()!.TimeToFirstChunkSeconds);
    }

    [TestMethod]
    public async Task Messages_of_a_websocket_are_judged_one_by_one()
    {
        var scene = new GuardScene(GuardScene.Marker("block", p => p with { Scope = new() { Direction = "request" } })) { Host = "chatgpt.com", Path = "/backend-api/codex/responses" };
        scene.Fields.Add(("upgrade", "websocket"));
        using var exchange = scene.Begin();
        Assert.IsFalse(exchange.JudgeHead().Blocks);
        var clean = await exchange.JudgeMessageAsync(true, true, """{"type":"response.create","model":"gpt","input":[]}"""u8.ToArray(), true, CancellationToken.None);
        Assert.IsFalse(clean.Blocks);
        var bad = await exchange.JudgeMessageAsync(true, true, """{"type":"response.create","model":"gpt","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"ZEBRA-1234"}]}]}"""u8.ToArray(), true, CancellationToken.None);
        Assert.IsTrue(bad.Blocks);
        StringAssert.Contains(Encoding.UTF8.GetString(bad.Answer!.Message!.Value.Span), "\"type\":\"error\",\"status\":400");
        await exchange.JudgeMessageAsync(false, true, """{"type":"response.completed","response":{"id":"r","usage":{"input_tokens":1,"output_tokens":2}}}"""u8.ToArray(), true, CancellationToken.None);
        Assert.AreEqual(("openai.codex", 1L), (exchange.Facts()!.Shape, exchange.Facts()!.InputTokens));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    [DataRow(7)]
    public async Task A_token_in_an_answer_that_grows_with_each_message_never_leaks(int step)
    {
        const string Answer = "so: ZEBRA-1234 end";
        const string Masked = "so: ********** end";

        // A ping shares the message; each record ends with 0x1e.
        static string Update(string text) => $$$"""{"type":1,"target":"update","arguments":[{"messages":[{"text":"{{{text}}}"}]}]}""" + "\u001e{\"type\":6}\u001e";
        static string Whole(string text) => $$$"""{"type":2,"item":{"messages":[{"text":"hi"},{"text":"{{{text}}}"}]}}""" + "\u001e";
        var scene = new GuardScene(GuardScene.Marker("redact")) { Host = "substrate.office.com", Path = "/m365Copilot/Chathub/1" };
        scene.Fields.Add(("upgrade", "websocket"));
        using var exchange = scene.Begin();
        await exchange.JudgeMessageAsync(
            true, true, Encoding.UTF8.GetBytes("""{"type":4,"arguments":[{"message":{"text":"hi"}}]}""" + "\u001e"), true, CancellationToken.None);
        var (sent, shown) = (new List<string>(), new List<string>());
        for (var length = step; length < Answer.Length + step; length += step)
        {
            sent.Add(Update(Masked[..Math.Min(length, Answer.Length)]));
            shown.AddRange(await SayAsync(exchange, Update(Answer[..Math.Min(length, Answer.Length)])));
            CollectionAssert.AreEqual(sent[..shown.Count], shown);
        }

        sent.Add(Whole(Masked));
        shown.AddRange(await SayAsync(exchange, Whole(Answer)));
        CollectionAssert.AreEqual(sent, shown, "nothing waits when the answer is whole");
        CollectionAssert.AreEqual(new[] { Whole("ends in ZEBRA-1") }, await SayAsync(exchange, Whole("ends in ZEBRA-1")));
        Assert.AreEqual("ms.m365_signalr", exchange.Facts()!.Shape);
    }

    private static async Task<List<string>> SayAsync(IExchangeGuard exchange, string message)
    {
        var payload = Encoding.UTF8.GetBytes(message);
        var decision = await exchange.JudgeMessageAsync(false, true, payload, true, CancellationToken.None);
        return [.. (decision.Passes ?? [decision.Replacement ?? payload]).Select(m => Encoding.UTF8.GetString(m.Span))];
    }

    [TestMethod]
    public void Codex_goes_over_https_where_its_answer_is_judged()
    {
        var scene = new GuardScene(GuardScene.Marker("redact")) { Host = "api.openai.com", Path = "/v1/responses" };
        scene.Fields.Add(("upgrade", "websocket"));
        using var exchange = scene.Begin();
        var decision = exchange.JudgeHead();
        Assert.IsTrue(decision.Blocks);
        Assert.AreEqual(426, decision.Answer!.Status);
    }

    // Lengths and checksum, a header of type string, the payload, a checksum: AWS's "event stream encoding".
    private static byte[] Frame(string type, string json)
    {
        byte[] header = [11, .. Encoding.ASCII.GetBytes(":event-type"), 7, 0, (byte)type.Length, .. Encoding.ASCII.GetBytes(type)];
        var payload = Encoding.UTF8.GetBytes(json);
        var frame = new byte[16 + header.Length + payload.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), header.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(8), AktoDivert.Guardrails.Streams.Crc32.Of(frame.AsSpan(0, 8)));
        header.CopyTo(frame, 12);
        payload.CopyTo(frame, 12 + header.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(frame.Length - 4), AktoDivert.Guardrails.Streams.Crc32.Of(frame.AsSpan(0, frame.Length - 4)));
        return frame;
    }
}
