using System.Net.WebSockets;

namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>Whole messages of a WebSocket.</summary>
internal static class WebSocketMessages
{
    /// <summary>Accepts with permessage-deflate (RFC 7692) where the client offers it.</summary>
    public static Task<WebSocket> AcceptAsync(HttpContext context) =>
        context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = true });

    /// <summary>Messages until the client closes or goes away without a word, as Codex does.</summary>
    public static async IAsyncEnumerable<(byte[] Content, WebSocketMessageType Type)> ReadAsync(WebSocket socket, HttpContext context)
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (await ReceiveAsync(socket, buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
        {
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                Recording.RecordOf(context).MessagesReceived++;
                Recording.CountPrompt(Recording.RecordOf(context), message.ToArray());
                yield return (message.ToArray(), received.MessageType);
                message.SetLength(0);
            }
        }
    }

    private static async Task<WebSocketReceiveResult?> ReceiveAsync(WebSocket socket, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            var received = await socket.ReceiveAsync(buffer, cancellation);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellation);
            }

            return received;
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            return null;
        }
    }
}
