namespace AktoDivert.Guardrails.Calls;

/// <summary>What a text is in an AI call.</summary>
internal enum TextKind : byte
{
    /// <summary>A string whose part in the call is not known.</summary>
    Other,

    /// <summary>Instructions of the app.</summary>
    System,

    /// <summary>What the person wrote.</summary>
    User,

    /// <summary>What the model wrote.</summary>
    Assistant,

    /// <summary>Arguments of a tool call.</summary>
    ToolCall,

    /// <summary>What a tool returned: files, pages, command output.</summary>
    ToolResult,

    /// <summary>Text of an attached file.</summary>
    Attachment,

    /// <summary>The model's reasoning.</summary>
    Reasoning,
}
