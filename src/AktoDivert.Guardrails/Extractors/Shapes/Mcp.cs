using System.Text;
using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>The Model Context Protocol over Streamable HTTP (specification 2025-11-25, basic/transports): JSON-RPC on any host and path.</summary>
internal sealed class Mcp : ApiShape
{
    /// <inheritdoc />
    public override string Id => "mcp.http";

    /// <inheritdoc />
    public override AnswerStyle Answers => AnswerStyle.JsonRpc;

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => target.Field("mcp-protocol-version").Length > 0 || target.Field("mcp-session-id").Length > 0;

    /// <inheritdoc />
    public override bool Sniffs(CallTarget target, JsonTree body)
    {
        var first = body.IsArray(body.Root) ? body.First(body.Root) : body.Root;
        return body.Is(body.Member(first, "jsonrpc"u8), "2.0"u8);
    }

    /// <inheritdoc />
    public override void ReadRequest(RequestReader request)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.Operation = "execute_tool";
        call.McpSession = request.Target.Field("mcp-session-id") is { Length: > 0 } session ? session : null;
        if (tree.IsArray(request.Root))
        {
            foreach (var message in request.Items(request.Root))
            {
                Message(request, message);
            }
        }
        else
        {
            Message(request, request.Root);
        }
    }

    /// <inheritdoc />
    public override void ReadEvent(AnswerReader answer)
    {
        var tree = answer.Tree;
        var result = answer.Member("result"u8);
        foreach (var content in answer.Items(tree.Member(result, "content"u8)))
        {
            answer.Whole(tree.Member(content, "text"u8), TextKind.ToolResult);
            answer.Whole(tree.Member(content, "resource"u8, "text"u8), TextKind.ToolResult);
        }

        foreach (var content in answer.Items(tree.Member(result, "contents"u8)))
        {
            answer.Whole(tree.Member(content, "text"u8), TextKind.ToolResult);
        }

        answer.WholeWithin(tree.Member(result, "structuredContent"u8), TextKind.ToolResult);
        answer.Whole(tree.Member(answer.Member("error"u8), "message"u8), TextKind.ToolResult);
    }

    private static void Message(RequestReader request, int message)
    {
        var (tree, call) = (request.Tree, request.Call);
        call.McpMethod ??= tree.Word(tree.Member(message, "method"u8));
        var id = tree.Member(message, "id"u8);
        if (id >= 0 && tree.Kind(id) is JsonNodeKind.String or JsonNodeKind.Number && tree.Length(id) < 128)
        {
            var raw = Encoding.UTF8.GetString(tree.Raw(id));
            call.RpcId ??= tree.IsString(id) ? $"\"{raw}\"" : raw;
        }

        var parameters = tree.Member(message, "params"u8);
        if (tree.Is(tree.Member(message, "method"u8), "tools/call"u8))
        {
            call.AddTool(tree.Word(tree.Member(parameters, "name"u8)));
        }

        request.AddWithin(tree.Member(parameters, "arguments"u8), TextKind.ToolCall);

        // What the app answers to a server's own request, for example a sampled message.
        request.AddWithin(tree.Member(message, "result"u8), TextKind.ToolResult);
    }
}
