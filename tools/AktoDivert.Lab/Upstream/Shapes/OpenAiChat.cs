namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>OpenAI's chat completions, which Copilot speaks too.</summary>
internal static class OpenAiChat
{
    public static Task AnswerAsync(HttpContext context)
    {
        var question = Answers.Question(context);
        var id = $"chatcmpl-{Guid.NewGuid():n}";
        var model = Answers.Model(question);
        return Answers.Streams(context, question)
            ? Answers.StreamAsync(context, Chunks(id, model), Answers.EventInterval)
            : Answers.JsonAsync(context, 200, new
            {
                id,
                @object = "chat.completion",
                created = 1_700_000_000,
                model,
                choices = new[] { new { index = 0, message = new { role = "assistant", content = Answers.Text }, finish_reason = "stop" } },
                usage = new { prompt_tokens = 11, completion_tokens = 12, total_tokens = 23 },
            });
    }

    private static IEnumerable<string> Chunks(string id, string model)
    {
        yield return Chunk(id, model, new { role = "assistant", content = "" }, null);
        foreach (var piece in Answers.Pieces)
        {
            yield return Chunk(id, model, new { content = piece }, null);
        }

        yield return Chunk(id, model, new { }, "stop");
        yield return "data: [DONE]\n\n";
    }

    private static string Chunk(string id, string model, object delta, string? finish) => Answers.Event(new
    {
        id,
        @object = "chat.completion.chunk",
        created = 1_700_000_000,
        model,
        choices = new[] { new { index = 0, delta, finish_reason = finish } },
    });
}
