using System.Text.Json;

namespace AktoDivert.Capture.Sse.Reassembly;

/// <summary>OpenAI chat (and legacy text) completion chunks as the completion they add up to.</summary>
internal sealed class ChatCompletion : IStreamShape
{
    private readonly SortedDictionary<int, ChatChoice> _choices = [];
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private string _kind = "chat.completion";

    public bool IsComplete => _choices.Count > 0 && _choices.Values.All(c => c.IsFinished);

    public void Add(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in data.EnumerateObject())
        {
            // The usage chunk comes last, and every chunk before it may carry a null.
            if (member.Name is not ("choices" or "object" or "obfuscation") && member.Value.ValueKind != JsonValueKind.Null)
            {
                _members[member.Name] = member.Value.Clone();
            }
        }

        if (data.TryGetText("object", out var kind))
        {
            _kind = kind == "chat.completion.chunk" ? "chat.completion" : kind;
        }

        if (!data.TryGet("choices", JsonValueKind.Array, out var choices))
        {
            return;
        }

        foreach (var choice in choices.EnumerateArray())
        {
            var index = choice.Index("index");
            if (!_choices.TryGetValue(index, out var whole))
            {
                _choices[index] = whole = new ChatChoice();
            }

            whole.Add(choice);
        }
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("object", _kind);
        foreach (var (name, value) in _members)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteStartArray("choices");
        foreach (var (index, choice) in _choices)
        {
            choice.Write(writer, index);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
