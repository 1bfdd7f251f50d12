namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>Anthropic's <c>POST /v1/messages</c>, JSON and event stream.</summary>
internal static class AnthropicMessages
{
    public static Task AnswerAsync(HttpContext context)
    {
        var question = Answers.Question(context);
        return Answers.Streams(context, question)
            ? Answers.StreamAsync(context, Events(Answers.Model(question)), Answers.EventInterval)
            : Answers.JsonAsync(context, 200, Message(Answers.Model(question), [new { type = "text", text = Answers.Text }], "end_turn"));
    }

    private static IEnumerable<string> Events(string model)
    {
        yield return Answers.Event("message_start", new { type = "message_start", message = Message(model, [], null) });
        yield return Answers.Event("content_block_start", new { type = "content_block_start", index = 0, content_block = new { type = "text", text = "" } });
        yield return Answers.Event("ping", new { type = "ping" });
        foreach (var piece in Answers.Pieces)
        {
            yield return Answers.Event("content_block_delta", new { type = "content_block_delta", index = 0, delta = new { type = "text_delta", text = piece } });
        }

        yield return Answers.Event("content_block_stop", new { type = "content_block_stop", index = 0 });
        yield return Answers.Event("message_delta", new
        {
            type = "message_delta",
            delta = new { stop_reason = "end_turn", stop_sequence = (string?)null },
            usage = new { output_tokens = 12 },
        });
        yield return Answers.Event("message_stop", new { type = "message_stop" });
    }

    private static object Message(string model, object[] content, string? stopReason) => new
    {
        id = $"msg_01{Guid.NewGuid():n}",
        type = "message",
        role = "assistant",
        model,
        content,
        stop_reason = stopReason,
        stop_sequence = (string?)null,
        usage = new { input_tokens = 11, cache_creation_input_tokens = 0, cache_read_input_tokens = 0, output_tokens = 12, service_tier = "standard" },
    };
}
