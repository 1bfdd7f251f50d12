using System.Text;
using System.Text.Json;

namespace AktoDivert.Capture.Sse.Reassembly;

/// <summary>One choice of a completion: text, reasoning, refusal and tool calls as they grow.</summary>
internal sealed class ChatChoice
{
    private readonly SortedDictionary<int, ChatToolCall> _toolCalls = [];
    private StringBuilder? _text;
    private StringBuilder? _content;
    private StringBuilder? _reasoning;
    private StringBuilder? _refusal;
    private string _role = "assistant";
    private string? _finishReason;

    public bool IsFinished => _finishReason is not null;

    public void Add(JsonElement choice)
    {
        choice.AppendTo("text", ref _text);
        if (choice.TryGetText("finish_reason", out var reason))
        {
            _finishReason = reason;
        }

        if (!choice.TryGet("delta", JsonValueKind.Object, out var delta))
        {
            return;
        }

        delta.AppendTo("content", ref _content);
        delta.AppendTo("reasoning_content", ref _reasoning);
        delta.AppendTo("refusal", ref _refusal);
        if (delta.TryGetText("role", out var role) && role.Length > 0)
        {
            _role = role;
        }

        if (delta.TryGet("tool_calls", JsonValueKind.Array, out var calls))
        {
            foreach (var call in calls.EnumerateArray())
            {
                var index = call.Index("index");
                if (!_toolCalls.TryGetValue(index, out var whole))
                {
                    _toolCalls[index] = whole = new ChatToolCall();
                }

                whole.Add(call);
            }
        }
    }

    public void Write(Utf8JsonWriter writer, int index)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", index);
        if (_text is not null)
        {
            writer.WriteString("text", _text.ToString());
        }
        else
        {
            WriteMessage(writer);
        }

        writer.WriteString("finish_reason", _finishReason);
        writer.WriteEndObject();
    }

    private void WriteMessage(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("message");
        writer.WriteString("role", _role);
        writer.WriteString("content", _content?.ToString());
        if (_reasoning is not null)
        {
            writer.WriteString("reasoning_content", _reasoning.ToString());
        }

        if (_refusal is not null)
        {
            writer.WriteString("refusal", _refusal.ToString());
        }

        if (_toolCalls.Count > 0)
        {
            writer.WriteStartArray("tool_calls");
            foreach (var call in _toolCalls.Values)
            {
                call.Write(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
