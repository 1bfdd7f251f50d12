using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Export;

/// <summary>A text of a call, and who said it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Message">The message that it belongs to.</param>
/// <param name="Text">The text.</param>
internal readonly record struct SaidText(TextKind Kind, int Message, string Text)
{
    /// <summary>Whether a later event repeats it with more behind it.</summary>
    public bool IsGrowing { get; init; }

    /// <summary>Role of its message.</summary>
    public string Role => Kind switch
    {
        TextKind.System => "system",
        TextKind.Assistant or TextKind.ToolCall or TextKind.Reasoning => "assistant",
        TextKind.ToolResult => "tool",
        _ => "user",
    };
}
