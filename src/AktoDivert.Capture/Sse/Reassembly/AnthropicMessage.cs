using System.Text.Json;

namespace AktoDivert.Capture.Sse.Reassembly;

/// <summary>The Messages API's stream (message_start ... message_stop) as its final message, with cumulative usage.</summary>
internal sealed class AnthropicMessage : IStreamShape
{
    private readonly SortedDictionary<int, AnthropicBlock> _blocks = [];
    private readonly Dictionary<string, JsonElement> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _usage = new(StringComparer.Ordinal);
    private JsonElement _message;
    private JsonElement _error;

    public bool IsComplete { get; private set; }

    public void Add(JsonElement data)
    {
        data.TryGetText("type", out var type);
        switch (type)
        {
            case "message_start" when data.TryGet("message", JsonValueKind.Object, out var message):
                _message = message.Clone();
                MergeUsage(message);
                break;
            case "content_block_start" when data.TryGet("content_block", JsonValueKind.Object, out var start):
                _blocks[data.Index("index")] = new AnthropicBlock(start.Clone());
                break;
            case "content_block_delta" when data.TryGet("delta", JsonValueKind.Object, out var delta)
                && _blocks.TryGetValue(data.Index("index"), out var block):
                block.Add(delta);
                break;
            case "message_delta":
                MergeUsage(data);
                if (data.TryGet("delta", JsonValueKind.Object, out var change))
                {
                    Merge(change, _changed);
                }

                break;
            case "message_stop":
                IsComplete = true;
                break;
            case "error" when data.TryGet("error", JsonValueKind.Object, out var error):
                _error = error.Clone();
                break;
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (_message.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in _message.EnumerateObject())
            {
                if (member.Name is not ("content" or "usage") && !_changed.ContainsKey(member.Name))
                {
                    member.WriteTo(writer);
                }
            }
        }

        writer.WriteStartArray("content");
        foreach (var block in _blocks.Values)
        {
            block.Write(writer);
        }

        writer.WriteEndArray();
        WriteMembers(writer, _changed);
        writer.WriteStartObject("usage");
        WriteMembers(writer, _usage);
        writer.WriteEndObject();
        if (_error.ValueKind == JsonValueKind.Object)
        {
            writer.WritePropertyName("error");
            _error.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private void MergeUsage(JsonElement owner)
    {
        if (owner.TryGet("usage", JsonValueKind.Object, out var usage))
        {
            Merge(usage, _usage);
        }
    }

    private static void Merge(JsonElement from, Dictionary<string, JsonElement> into)
    {
        foreach (var member in from.EnumerateObject())
        {
            into[member.Name] = member.Value.Clone();
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, Dictionary<string, JsonElement> members)
    {
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }
}
