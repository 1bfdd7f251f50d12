using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>The responses API over one WebSocket, as Codex prefers it: a <c>response.create</c> message per turn, first one that only warms up.</summary>
internal static class OpenAiResponsesSocket
{
    public static async Task AnswerAsync(HttpContext context)
    {
        if (CallIdentity.RefusesWebSockets(context.Request.Headers))
        {
            await Answers.JsonAsync(context, StatusCodes.Status426UpgradeRequired, new { error = new { message = "Use HTTPS.", type = "invalid_request_error" } });
            return;
        }

        using var socket = await WebSocketMessages.AcceptAsync(context);
        await foreach (var (content, _) in WebSocketMessages.ReadAsync(socket, context))
        {
            if (JsonNode.Parse(content) is JsonObject question && (string?)question["type"] == "response.create")
            {
                await AnswerTurnAsync(socket, question, context.RequestAborted);
            }
        }
    }

    private static async Task AnswerTurnAsync(WebSocket socket, JsonObject question, CancellationToken cancellation)
    {
        var warmUp = (bool?)question["generate"] == false;
        foreach (var text in OpenAiResponses.Events(Answers.Model(question), warmUp))
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text.ToJsonString()), WebSocketMessageType.Text, true, cancellation);
            await Task.Delay(Answers.EventInterval, cancellation);
        }
    }
}
