using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Calls;

/// <summary>
/// One AI call, whatever API it was made through: facts under the names of OpenTelemetry's <c>gen_ai</c> conventions (v1.41.1), and the texts of
/// request and answer. Filled by an <see cref="Extractors.ApiShape"/>.
/// </summary>
#pragma warning disable CA1001 // What is rented goes back with the texts.
internal sealed class AiCall
#pragma warning restore CA1001
{
    /// <summary>Most texts kept of one body; the rest of the body is one more.</summary>
    public const int MaximumParts = 20_000;

    private const int MaximumNames = 256;
    private const int MaximumSpare = 256;

    private readonly JsonTree _tree = new();
    private readonly Stack<TextPart> _spare = new();

    /// <summary>API shape.</summary>
    public string Shape { get; set; } = "";

    /// <summary>Provider.</summary>
    public string Provider { get; set; } = "";

    /// <summary>Operation.</summary>
    public string Operation { get; set; } = "chat";

    /// <summary>Model asked for.</summary>
    public string? RequestModel { get; set; }

    /// <summary>Model that answered.</summary>
    public string? ResponseModel { get; set; }

    /// <summary>Id of the answer.</summary>
    public string? ResponseId { get; set; }

    /// <summary>Conversation.</summary>
    public string? ConversationId { get; set; }

    /// <summary>Why the answer ended.</summary>
    public List<string> FinishReasons { get; } = [];

    /// <summary>Tokens in, without what the provider counts apart (<see cref="AddsCacheTokens"/>).</summary>
    public long? InputTokens { get; set; }

    /// <summary>Tokens out.</summary>
    public long? OutputTokens { get; set; }

    /// <summary>Tokens read from a cache.</summary>
    public long? CacheReadTokens { get; set; }

    /// <summary>Tokens written to a cache.</summary>
    public long? CacheCreationTokens { get; set; }

    /// <summary>Tokens of reasoning.</summary>
    public long? ReasoningTokens { get; set; }

    /// <summary>Whether the provider counts cached tokens apart from <see cref="InputTokens"/>, as Anthropic does.</summary>
    public bool AddsCacheTokens { get; set; }

    /// <summary>Method of an MCP request.</summary>
    public string? McpMethod { get; set; }

    /// <summary>Session of an MCP request.</summary>
    public string? McpSession { get; set; }

    /// <summary>Id of a JSON-RPC request as raw JSON, for its answer.</summary>
    public string? RpcId { get; set; }

    /// <summary>Whether the answer is asked for as a stream.</summary>
    public bool Stream { get; set; }

    /// <summary>Tools called: by the model in its answer, or by an MCP request.</summary>
    public List<string> ToolNames { get; } = [];

    /// <summary>Attachments.</summary>
    public List<AuditAttachment> Attachments { get; } = [];

    /// <summary>Texts of the request.</summary>
    public List<TextPart> Request { get; } = [];

    /// <summary>Messages of the request's conversation in order, by the values of its JSON that they are.</summary>
    public List<(int From, int To, bool IsAnswer)> Messages { get; } = [];

    /// <summary>Characters of its texts, once they were let go.</summary>
    public long RequestCharacters { get; private set; }

    /// <summary>Characters of the answer's text, streamed or whole.</summary>
    public long AnswerCharacters { get; set; }

    /// <summary>Seconds to the first piece of the answer.</summary>
    public double? TimeToFirstChunk { get; set; }

    /// <summary>Reads the JSON that its texts stand in, which is let go with them.</summary>
    public JsonTree Parse(ReadOnlyMemory<byte> body)
    {
        _tree.Read(body);
        return _tree;
    }

    /// <summary>Adds a string of its JSON to the texts of the request.</summary>
    public void AddText(JsonTree tree, int node, TextKind kind, int message, bool canRedact)
    {
        var part = _spare.TryPop(out var spare) ? spare : new TextPart();
        part.Take(tree, node, kind, message, canRedact);
        Request.Add(part);
    }

    /// <summary>Notes a tool.</summary>
    public void AddTool(string? name)
    {
        if (name is { Length: > 0 } && ToolNames.Count < MaximumNames && !ToolNames.Contains(name))
        {
            ToolNames.Add(name);
        }
    }

    /// <summary>Notes an attachment.</summary>
    public void AddAttachment(string? name, string? mediaType, long? bytes)
    {
        if (Attachments.Count < MaximumNames)
        {
            Attachments.Add(new AuditAttachment(name ?? "", mediaType ?? "", bytes));
        }
    }

    /// <summary>Notes why the answer ended.</summary>
    public void AddFinish(string? reason)
    {
        if (reason is { Length: > 0 } && FinishReasons.Count < MaximumNames)
        {
            FinishReasons.Add(reason);
        }
    }

    /// <summary>Lets the texts of the request go; their number of characters stays for the estimate of tokens.</summary>
    public void ForgetTexts()
    {
        foreach (var part in Request)
        {
            RequestCharacters += part.Kind == TextKind.Other ? 0 : part.Length;
            if (part.TryForget() && _spare.Count < MaximumSpare)
            {
                _spare.Push(part);
            }
        }

        Empty(Request);
        Empty(Messages);
        _tree.Dispose();
    }

    /// <summary>Lets go what was read of the answer and would be there twice if it were read again.</summary>
    public void ForgetAnswer()
    {
        FinishReasons.Clear();
        AnswerCharacters = 0;
    }

    /// <summary>Makes it a call of which nothing is known.</summary>
    public void Clear()
    {
        ForgetTexts();
        ForgetAnswer();
        ToolNames.Clear();
        Attachments.Clear();
        (Shape, Provider, Operation, RequestModel, ResponseModel, ResponseId, ConversationId) = ("", "", "chat", null, null, null, null);
        (InputTokens, OutputTokens, CacheReadTokens, CacheCreationTokens, ReasoningTokens, AddsCacheTokens) = (null, null, null, null, null, false);
        (McpMethod, McpSession, RpcId, Stream, RequestCharacters, TimeToFirstChunk) = (null, null, null, false, 0, null);
    }

    /// <summary>The facts as a record keeps them. Counts that the API does not give are estimated at four characters a token.</summary>
    /// <param name="facts">Gets them; its lists are those of the call.</param>
    public void Describe(AuditAiCall facts)
    {
        var isEstimated = InputTokens is null && OutputTokens is null && McpMethod is null;
        facts.Shape = Shape;
        facts.Operation = Operation;
        facts.Provider = Provider;
        facts.RequestModel = RequestModel;
        facts.ResponseModel = ResponseModel;
        facts.ResponseId = ResponseId;
        facts.ConversationId = ConversationId;
        facts.FinishReasons = FinishReasons.Count > 0 ? FinishReasons : null;
        facts.InputTokens = isEstimated ? Estimate(RequestCharacters) : Input();
        facts.OutputTokens = isEstimated ? Estimate(AnswerCharacters) : OutputTokens;
        facts.CacheReadTokens = CacheReadTokens;
        facts.CacheCreationTokens = CacheCreationTokens;
        facts.ReasoningTokens = ReasoningTokens;
        facts.TokensEstimated = isEstimated;
        facts.TimeToFirstChunkSeconds = TimeToFirstChunk;
        facts.ToolNames = ToolNames.Count > 0 ? ToolNames : null;
        facts.McpMethod = McpMethod;
        facts.McpSessionId = McpSession;
        facts.Attachments = Attachments.Count > 0 ? Attachments : null;
    }

    // A long conversation's room is not kept for the next call.
    private static void Empty<T>(List<T> list)
    {
        list.Clear();
        list.Capacity = Math.Min(list.Capacity, MaximumSpare);
    }

    private long? Input() => AddsCacheTokens && InputTokens is { } input ? input + (CacheReadTokens ?? 0) + (CacheCreationTokens ?? 0) : InputTokens;

    private long? Estimate(long characters) => McpMethod is not null ? null : (characters + 3) / 4;
}
