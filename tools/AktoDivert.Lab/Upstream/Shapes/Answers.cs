using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>What every shape needs: reading the question, writing JSON and event streams.</summary>
internal static class Answers
{
    /// <summary>What every model of the lab says. Clients are checked to have received it whole.</summary>
    public const string Text = "The quick PELICAN answers from the lab's own internet.";

    /// <summary>The answer in the pieces it streams in.</summary>
    public static IReadOnlyList<string> Pieces { get; } =
        [.. Text.Split(' ').Select((word, index) => index == 0 ? word : " " + word)];

    /// <summary>Between two events of a stream: long enough to be seen as a stream, short enough for a test.</summary>
    public static TimeSpan EventInterval { get; } = TimeSpan.FromMilliseconds(15);

    /// <summary>The body as JSON; an empty object when it is none.</summary>
    public static JsonObject Question(HttpContext context)
    {
        try
        {
            return JsonNode.Parse(Recording.BodyOf(context)) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Whether the client asked for a stream. A body this server cannot read (zstd) comes from Codex, which always streams.</summary>
    public static bool Streams(HttpContext context, JsonObject question) =>
        (bool?)question["stream"] ?? context.Request.Headers.ContentEncoding.Count > 0;

    public static string Model(JsonObject question) => (string?)question["model"] ?? "lab-model";

    public static async Task JsonAsync(HttpContext context, int status, object answer)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer), context.RequestAborted);
    }

    /// <summary>Writes events one by one, each flushed on its own.</summary>
    public static async Task StreamAsync(HttpContext context, IEnumerable<string> events, TimeSpan interval)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        var pause = TimeSpan.Zero;
        foreach (var text in events)
        {
            // Before an event, not after the last: a client that has what it wants hangs up at once.
            await Task.Delay(pause, context.RequestAborted);
            pause = interval;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    public static string Event(string name, object content) => $"event: {name}\ndata: {JsonSerializer.Serialize(content)}\n\n";

    public static string Event(object content) => $"data: {JsonSerializer.Serialize(content)}\n\n";

    public static Task NotFoundAsync(HttpContext context) => JsonAsync(context, 404, new
    {
        type = "error",
        error = new { type = "not_found_error", message = "The lab serves no such path." },
    });
}
