namespace AktoDivert.Guardrails.Blocking;

/// <summary>The vendors' ways of saying that a call is refused.</summary>
internal enum AnswerStyle
{
    /// <summary>OpenAI chat and completions; also what most gateways understand.</summary>
    OpenAi,

    /// <summary>OpenAI responses, Codex.</summary>
    OpenAiResponses,

    /// <summary>Anthropic, claude.ai.</summary>
    Anthropic,

    /// <summary>Google.</summary>
    Google,

    /// <summary>ChatGPT's web API.</summary>
    ChatGpt,

    /// <summary>Ollama.</summary>
    Ollama,

    /// <summary>Cohere.</summary>
    Cohere,

    /// <summary>AWS.</summary>
    Aws,

    /// <summary>JSON-RPC, as MCP speaks it.</summary>
    JsonRpc,

    /// <summary>Connect and gRPC.</summary>
    Connect,

    /// <summary>Microsoft Copilot's WebSocket.</summary>
    Copilot,

    /// <summary>SignalR.</summary>
    SignalR,
}
