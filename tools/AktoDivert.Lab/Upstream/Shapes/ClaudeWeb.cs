using System.Text;

namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>A chat page in the browser and the API behind it.</summary>
internal static class ClaudeWeb
{
    public static async Task AnswerPageAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        var page = await File.ReadAllTextAsync(Path.Combine(LabPaths.ShippedApps, "chat.html"), context.RequestAborted);
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(page), context.RequestAborted);
    }

    public static Task AnswerCompletionAsync(HttpContext context) => Answers.StreamAsync(context, Events(), Answers.EventInterval);

    private static IEnumerable<string> Events()
    {
        foreach (var piece in Answers.Pieces)
        {
            yield return Answers.Event("content_block_delta", new { type = "content_block_delta", index = 0, delta = new { type = "text_delta", text = piece } });
        }

        yield return Answers.Event("message_stop", new { type = "message_stop" });
    }
}
