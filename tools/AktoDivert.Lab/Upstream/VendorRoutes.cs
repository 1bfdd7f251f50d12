using AktoDivert.Lab.Upstream.Shapes;

namespace AktoDivert.Lab.Upstream;

/// <summary>Which shape answers which request. Hosts do not matter: a path means the same wherever it is served.</summary>
internal static class VendorRoutes
{
    public static Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var posts = HttpMethods.IsPost(context.Request.Method);
        var upgrades = context.WebSockets.IsWebSocketRequest;
        return path switch
        {
            "/v1/messages" when posts => AnthropicMessages.AnswerAsync(context),
            _ when posts && path.EndsWith("/chat/completions", StringComparison.Ordinal) => OpenAiChat.AnswerAsync(context),
            _ when posts && path.EndsWith("/responses", StringComparison.Ordinal) => OpenAiResponses.AnswerAsync(context),
            _ when upgrades && path.EndsWith("/responses", StringComparison.Ordinal) => OpenAiResponsesSocket.AnswerAsync(context),
            "/backend-api/wham/accounts/check" => ChatGptAccount.AnswerAsync(context),
            "/chat" => ClaudeWeb.AnswerPageAsync(context),
            _ when posts && path.EndsWith("/completion", StringComparison.Ordinal) => ClaudeWeb.AnswerCompletionAsync(context),
            "/ws" when upgrades => PlainShapes.EchoSocketAsync(context),
            "/echo" or "/upload" => PlainShapes.EchoAsync(context),
            "/gated" => GatedEvents.AnswerAsync(context),
            "/open" => GatedEvents.OpenAsync(context),
            "/sse" => PlainShapes.EventsAsync(context),
            "/trailers" => PlainShapes.TrailersAsync(context),
            "/slow" => PlainShapes.SlowAsync(context),
            _ when path.StartsWith("/bytes/", StringComparison.Ordinal) => PlainShapes.BytesAsync(context),
            _ => Answers.NotFoundAsync(context),
        };
    }
}
