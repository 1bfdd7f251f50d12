using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors.Shapes;

/// <summary>Codex signed in with ChatGPT: the responses API under chatgpt.com, over WebSocket or with zstd bodies.</summary>
internal sealed class Codex : OpenAiResponses
{
    /// <inheritdoc />
    public override string Id => "openai.codex";

    /// <inheritdoc />
    public override bool Matches(CallTarget target) => target.Path.StartsWith("/backend-api/codex/responses", StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Sniffs(CallTarget target, JsonTree body) => false;
}
