using System.Text;
using System.Text.Json;

namespace AktoDivert.Capture.Sse.Reassembly;

/// <summary>One content block: its first state and what the deltas added to it.</summary>
internal sealed class AnthropicBlock(JsonElement start)
{
    private readonly List<JsonElement> _citations = [];
    private StringBuilder? _text;
    private StringBuilder? _thinking;
    private StringBuilder? _signature;
    private StringBuilder? _inputJson;

    public void Add(JsonElement delta)
    {
        delta.AppendTo("text", ref _text);
        delta.AppendTo("thinking", ref _thinking);
        delta.AppendTo("signature", ref _signature);
        delta.AppendTo("partial_json", ref _inputJson);
        if (delta.TryGet("citation", JsonValueKind.Object, out var citation))
        {
            _citations.Add(citation.Clone());
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var member in start.EnumerateObject())
        {
            var replaced = member.Name switch
            {
                "text" => _text is not null,
                "thinking" => _thinking is not null,
                "signature" => _signature is not null,
                "input" => _inputJson is not null,
                "citations" => _citations.Count > 0,
                _ => false,
            };
            if (!replaced)
            {
                member.WriteTo(writer);
            }
        }

        WriteText(writer, "text", _text);
        WriteText(writer, "thinking", _thinking);
        WriteText(writer, "signature", _signature);
        if (_inputJson is not null)
        {
            writer.WritePropertyName("input");
            WriteInput(writer, _inputJson.ToString());
        }

        if (_citations.Count > 0)
        {
            writer.WriteStartArray("citations");
            _citations.ForEach(c => c.WriteTo(writer));
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void WriteText(Utf8JsonWriter writer, string name, StringBuilder? added)
    {
        if (added is not null)
        {
            start.TryGetText(name, out var first);
            writer.WriteString(name, first + added);
        }
    }

    // A stream that ends early leaves half a JSON text: it is kept as a string then.
    private static void WriteInput(Utf8JsonWriter writer, string json)
    {
        try
        {
            using var input = JsonDocument.Parse(json);
            input.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(json);
        }
    }
}
