using System.Text;
using System.Text.Json;

namespace AktoDivert.Capture.Sse.Reassembly;

/// <summary>
/// The Responses API's stream (SSE, or one WebSocket message per event) as its response object. The terminal event carries it whole;
/// some servers leave its output empty, and a stream cut short has none: then items and text deltas fill the output.
/// </summary>
internal sealed class ResponsesAnswer : IStreamShape
{
    private readonly SortedDictionary<int, JsonElement> _items = [];
    private readonly SortedDictionary<int, StringBuilder?> _texts = [];
    private JsonElement _response;

    public bool IsComplete { get; private set; }

    public void Add(JsonElement data)
    {
        data.TryGetText("type", out var type);
        if (data.TryGet("response", JsonValueKind.Object, out var response))
        {
            _response = response.Clone();
            IsComplete |= type is "response.completed" or "response.failed" or "response.incomplete";
        }

        var index = data.Index("output_index");
        if (type == "response.output_item.done" && data.TryGet("item", JsonValueKind.Object, out var item))
        {
            _items[index] = item.Clone();
        }
        else if (type == "response.output_text.delta")
        {
            _texts.TryGetValue(index, out var text);
            data.AppendTo("delta", ref text);
            _texts[index] = text;
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        var hasOutput = _response.TryGet("output", JsonValueKind.Array, out var output) && output.GetArrayLength() > 0;
        writer.WriteStartObject();
        if (_response.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in _response.EnumerateObject())
            {
                if (hasOutput || member.Name != "output")
                {
                    member.WriteTo(writer);
                }
            }
        }

        if (!hasOutput)
        {
            WriteOutput(writer);
        }

        writer.WriteEndObject();
    }

    private void WriteOutput(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("output");
        foreach (var index in _items.Keys.Union(_texts.Keys).Order())
        {
            if (_items.TryGetValue(index, out var item))
            {
                item.WriteTo(writer);
                continue;
            }

            writer.WriteStartObject();
            writer.WriteString("type", "message");
            writer.WriteString("role", "assistant");
            writer.WriteStartArray("content");
            writer.WriteStartObject();
            writer.WriteString("type", "output_text");
            writer.WriteString("text", _texts[index]?.ToString() ?? "");
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
