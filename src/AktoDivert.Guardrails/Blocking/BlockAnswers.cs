using System.Buffers;
using System.Text;
using System.Text.Json;
using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Extractors;

namespace AktoDivert.Guardrails.Blocking;

/// <summary>
/// Says in the shape of the API the app speaks that a call is refused. Measured with the real clients: 400 with <c>x-should-retry: false</c> shows
/// the reason once and stops; 403 reads as a failed sign-in in Claude Code and is retried six times by Codex.
/// </summary>
internal static class BlockAnswers
{
    private const string ErrorType = "invalid_request_error";

    /// <summary>The answer.</summary>
    public static BlockAnswer Create(AnswerStyle style, CallTarget target, AiCall? call, string reason)
    {
        var json = Json(writer => Body(writer, style, call, reason));
        var media = target.MediaType;
        var answer = new BlockAnswer
        {
            Status = style switch
            {
                // The HTTPS call that Codex falls back to gets the reason; it gives up on 403 only after seven attempts.
                AnswerStyle.OpenAiResponses when target.IsUpgrade => 426,
                AnswerStyle.JsonRpc => 200,
                _ => 400,
            },
            Headers = [new("content-type", "application/json"), new("x-should-retry", "false"), new("x-blocked-by", "AktoDivert")],
            Body = json,
            StreamTail = Tail(style, call, reason, json),
            Message = Message(style, reason, json),
            CloseReason = "blocked by policy",
        };
        if (style == AnswerStyle.Aws)
        {
            return answer with { Headers = [.. answer.Headers, new("x-amzn-errortype", "ValidationException")], StreamTail = default };
        }

        if (style != AnswerStyle.Connect)
        {
            return answer;
        }

        var end = Envelope(Json(writer =>
        {
            writer.WriteStartObject("error");
            writer.WriteString("code", "permission_denied");
            writer.WriteString("message", reason);
            writer.WriteEndObject();
        }));
        return media switch
        {
            _ when media.StartsWith("application/grpc", StringComparison.Ordinal) => answer with
            {
                Status = 200,
                Headers = [new("content-type", media), new("grpc-status", "7"), new("grpc-message", Uri.EscapeDataString(reason))],
                Body = default,
                StreamTail = default,
            },
            _ when media.StartsWith("application/connect+", StringComparison.Ordinal) => answer with
            {
                Status = 200,
                Headers = [new("content-type", media)],
                Body = end,
                StreamTail = end,
            },
            _ => answer,
        };
    }

    private static void Body(Utf8JsonWriter writer, AnswerStyle style, AiCall? call, string reason)
    {
        switch (style)
        {
            case AnswerStyle.Anthropic:
                writer.WriteString("type", "error");
                Error(writer, reason);
                break;
            case AnswerStyle.Google:
                writer.WriteStartObject("error");
                writer.WriteNumber("code", 400);
                writer.WriteString("message", reason);
                writer.WriteString("status", "INVALID_ARGUMENT");
                writer.WriteEndObject();
                break;
            case AnswerStyle.ChatGpt:
                writer.WriteString("detail", reason);
                break;
            case AnswerStyle.Ollama:
                writer.WriteString("error", reason);
                break;
            case AnswerStyle.Cohere or AnswerStyle.Aws:
                writer.WriteString("message", reason);
                break;
            case AnswerStyle.Connect:
                writer.WriteString("code", "permission_denied");
                writer.WriteString("message", reason);
                break;
            case AnswerStyle.JsonRpc:
                writer.WriteString("jsonrpc", "2.0");
                writer.WritePropertyName("id");
                writer.WriteRawValue(call?.RpcId ?? "null");
                writer.WriteStartObject("error");
                writer.WriteNumber("code", -32001);
                writer.WriteString("message", reason);
                writer.WriteEndObject();
                break;
            default:
                Error(writer, reason);
                break;
        }
    }

    private static ReadOnlyMemory<byte> Tail(AnswerStyle style, AiCall? call, string reason, byte[] json) => style switch
    {
        AnswerStyle.Anthropic => Event("error", json),
        AnswerStyle.OpenAiResponses => Event("response.failed", Failed(call, reason)),
        AnswerStyle.OpenAi or AnswerStyle.ChatGpt => (byte[])[.. Event(null, json), .. "data: [DONE]\n\n"u8],
        AnswerStyle.Google or AnswerStyle.JsonRpc => Event(null, json),
        AnswerStyle.Ollama or AnswerStyle.Cohere => (byte[])[.. json, (byte)'\n'],
        _ => default,
    };

    private static ReadOnlyMemory<byte>? Message(AnswerStyle style, string reason, byte[] json) => style switch
    {
        AnswerStyle.OpenAiResponses => Json(writer =>
        {
            writer.WriteString("type", "error");
            writer.WriteNumber("status", 400);
            Error(writer, reason);
        }),
        AnswerStyle.Copilot => Json(writer =>
        {
            writer.WriteString("event", "error");
            writer.WriteString("errorCode", "blocked-by-policy");
            writer.WriteString("message", reason);
        }),
        AnswerStyle.SignalR => (byte[])[
            .. Json(writer =>
            {
                writer.WriteNumber("type", 7);
                writer.WriteString("error", reason);
                writer.WriteBoolean("allowReconnect", false);
            }), 0x1e],
        _ => json,
    };

    private static byte[] Failed(AiCall? call, string reason) => Json(writer =>
    {
        writer.WriteString("type", "response.failed");
        writer.WriteStartObject("response");
        writer.WriteString("id", call?.ResponseId ?? "resp_blocked");
        writer.WriteString("object", "response");
        writer.WriteString("status", "failed");
        writer.WriteStartObject("error");
        writer.WriteString("code", "invalid_prompt");
        writer.WriteString("message", reason);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private static void Error(Utf8JsonWriter writer, string reason)
    {
        writer.WriteStartObject("error");
        writer.WriteString("type", ErrorType);
        writer.WriteString("message", reason);
        writer.WriteNull("param");
        writer.WriteString("code", "blocked_by_policy");
        writer.WriteEndObject();
    }

    private static byte[] Event(string? name, byte[] json) =>
        [.. name is null ? [] : Encoding.ASCII.GetBytes($"event: {name}\n"), .. "data: "u8, .. json, .. "\n\n"u8];

    // Connect's envelope: flags with bit 1 for the end of the stream, then four bytes of length.
    private static byte[] Envelope(byte[] json) =>
        [2, (byte)(json.Length >> 24), (byte)(json.Length >> 16), (byte)(json.Length >> 8), (byte)json.Length, .. json];

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
