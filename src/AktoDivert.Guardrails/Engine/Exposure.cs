using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Guardrails.Engine;

/// <summary>Which detectors look at which texts.</summary>
internal static class Exposure
{
    /// <summary>Whether a detector of that type looks at a text of that kind.</summary>
    public static bool Looks(DetectorType type, TextKind kind) => type switch
    {
        // An injection comes from a person, a file, a page or a tool; the app's own instructions are full of commands by nature.
        DetectorType.PromptInjection => kind is TextKind.User or TextKind.ToolResult or TextKind.Attachment,
        DetectorType.SourceCode => kind is TextKind.User or TextKind.ToolResult or TextKind.Attachment or TextKind.Assistant,
        DetectorType.Topics => kind is TextKind.User or TextKind.Attachment or TextKind.Assistant,
        DetectorType.TokenLimit => kind is TextKind.User or TextKind.ToolResult or TextKind.Attachment or TextKind.Assistant,
        _ => true,
    };
}
