using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>
/// The facts of an AI call, by the attribute names of OpenTelemetry's semantic conventions for generative AI (v1.41.1, docs/gen-ai). Texts are
/// not among them: they stand in the record's payloads.
/// </summary>
public sealed record AuditAiCall
{
    /// <summary>The API shape that was recognised (<c>anthropic.messages</c>).</summary>
    [JsonPropertyName("shape")] public required string Shape { get; set; }

    /// <summary><c>chat</c>, <c>text_completion</c>, <c>generate_content</c>, <c>embeddings</c> or <c>execute_tool</c>.</summary>
    [JsonPropertyName("gen_ai.operation.name")] public string Operation { get; set; } = "";

    /// <summary>Provider (<c>anthropic</c>, <c>openai</c>, <c>github_copilot</c>).</summary>
    [JsonPropertyName("gen_ai.provider.name")] public string Provider { get; set; } = "";

    /// <summary>Model asked for.</summary>
    [JsonPropertyName("gen_ai.request.model")] public string? RequestModel { get; set; }

    /// <summary>Model that answered.</summary>
    [JsonPropertyName("gen_ai.response.model")] public string? ResponseModel { get; set; }

    /// <summary>Id of the answer.</summary>
    [JsonPropertyName("gen_ai.response.id")] public string? ResponseId { get; set; }

    /// <summary>Conversation.</summary>
    [JsonPropertyName("gen_ai.conversation.id")] public string? ConversationId { get; set; }

    /// <summary>Why the answer ended, one per choice.</summary>
    [JsonPropertyName("gen_ai.response.finish_reasons")] public IReadOnlyList<string>? FinishReasons { get; set; }

    /// <summary>Tokens in, cached ones included.</summary>
    [JsonPropertyName("gen_ai.usage.input_tokens")] public long? InputTokens { get; set; }

    /// <summary>Tokens out.</summary>
    [JsonPropertyName("gen_ai.usage.output_tokens")] public long? OutputTokens { get; set; }

    /// <summary>Of the tokens in, those read from a cache.</summary>
    [JsonPropertyName("gen_ai.usage.cache_read.input_tokens")] public long? CacheReadTokens { get; set; }

    /// <summary>Of the tokens in, those written to a cache.</summary>
    [JsonPropertyName("gen_ai.usage.cache_creation.input_tokens")] public long? CacheCreationTokens { get; set; }

    /// <summary>Of the tokens out, those of reasoning.</summary>
    [JsonPropertyName("gen_ai.usage.reasoning.output_tokens")] public long? ReasoningTokens { get; set; }

    /// <summary>Whether the token counts are our estimate, because the API gives none.</summary>
    [JsonPropertyName("tokensEstimated")] public bool TokensEstimated { get; set; }

    /// <summary>
    /// Seconds from the request to the first piece of the answer; null where the answer was read after it had passed:
    /// <see cref="ExchangeAudit.TimeToFirstByteMilliseconds"/> says it then.
    /// </summary>
    [JsonPropertyName("gen_ai.response.time_to_first_chunk")] public double? TimeToFirstChunkSeconds { get; set; }

    /// <summary>Names of tools called by the model, or of the tool an MCP request calls.</summary>
    [JsonPropertyName("gen_ai.tool.name")] public IReadOnlyList<string>? ToolNames { get; set; }

    /// <summary>Method of an MCP request (<c>tools/call</c>).</summary>
    [JsonPropertyName("mcp.method.name")] public string? McpMethod { get; set; }

    /// <summary>Session of an MCP request.</summary>
    [JsonPropertyName("mcp.session.id")] public string? McpSessionId { get; set; }

    /// <summary>Attachments, by name, media type and size.</summary>
    [JsonPropertyName("attachments")] public IReadOnlyList<AuditAttachment>? Attachments { get; set; }
}
