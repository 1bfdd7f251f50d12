using System.Text;
using System.Text.Json;

namespace AktoDivert.Capture.Sse.Reassembly;

/// <summary>One tool call of a choice; its arguments stream as pieces of a JSON text.</summary>
internal sealed class ChatToolCall
{
    private StringBuilder? _arguments;
    private StringBuilder? _name;
    private string? _id;
    private string _type = "function";

    public void Add(JsonElement call)
    {
        _id = call.TryGetText("id", out var id) ? id : _id;
        _type = call.TryGetText("type", out var type) ? type : _type;
        if (call.TryGet("function", JsonValueKind.Object, out var function))
        {
            function.AppendTo("name", ref _name);
            function.AppendTo("arguments", ref _arguments);
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", _id);
        writer.WriteString("type", _type);
        writer.WriteStartObject("function");
        writer.WriteString("name", _name?.ToString());
        writer.WriteString("arguments", _arguments?.ToString() ?? "");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
