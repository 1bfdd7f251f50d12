using System.Globalization;
using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Guardrails;
using AktoDivert.Console.Settings;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Inventory;

/// <summary>
/// The decisions about MCP servers and tools as the guardrail policy that enforces them: what is denied is its detector's list, what is allowed its
/// exceptions. So they are in force, in history and in replays as every policy is.
/// </summary>
internal sealed class ToolPolicy
{
    /// <summary>Id of the policy.</summary>
    public const string Id = "mcp-decisions";

    private const string Detector = "mcp-tools";
    private const string Exception = "tool";
    private const string AllTools = "*";

    private readonly GuardrailPolicy _policy;
    private readonly bool _isEnabled;
    private readonly HashSet<string> _denied;
    private readonly Dictionary<string, GuardrailException> _allowed;

    private ToolPolicy(GuardrailPolicy policy, bool isEnabled)
    {
        (_policy, _isEnabled) = (policy, isEnabled);
        _denied = new(Rules.Deny ?? [], StringComparer.OrdinalIgnoreCase);
        _allowed = (policy.Exceptions ?? []).Where(e => e.Kind == Exception).DistinctBy(e => e.Value, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(e => e.Value, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether calls of what is denied are refused; a person may have switched the policy off, or made it watch only.</summary>
    public bool IsInForce => _isEnabled && _policy is { Monitor: false, Action: "block" };

    /// <summary>Whether anything is denied.</summary>
    public bool Denies => _denied.Count > 0;

    /// <summary>The policy's name.</summary>
    public string Name => _policy.Name;

    private GuardrailDetector Rules => _policy.Detectors.FirstOrDefault(d => d.Type == Detector) ?? new GuardrailDetector { Type = Detector };

    /// <summary>The decisions that settings hold.</summary>
    public static ToolPolicy Of(ConsoleSettings settings) => settings.Policies.FirstOrDefault(p => p.Id == Id) is { } row && PolicyDraft.Read(row.Document) is { } policy
        ? new ToolPolicy(policy with { Name = row.Name }, row.Enabled)
        : new ToolPolicy(
            new GuardrailPolicy
            {
                Name = "Decisions on MCP tools", Description = "What Inventory decides about MCP servers and tools.", Action = "block", Severity = "high",
            },
            isEnabled: true);

    /// <summary>What is decided about a tool, or with <c>*</c> about its server.</summary>
    public ToolDecision DecisionOn(McpToolName tool) => tool.ToString() switch
    {
        var name when _denied.Contains(name) => new ToolDecision(ToolState.Denied),
        var name when _allowed.TryGetValue(name, out var allowed) => new ToolDecision(
            ToolState.Allowed, allowed.Reason ?? "",
            DateTimeOffset.TryParse(allowed.Expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? until : null),
        _ => new ToolDecision(),
    };

    /// <summary>Whether a tool may not be called now, by its own decision or its server's.</summary>
    public bool IsDenied(McpToolName tool, DateTimeOffset now)
    {
        var (own, server) = (DecisionOn(tool), DecisionOn(tool with { Tool = AllTools }));
        return own.State == ToolState.Denied || (server.State == ToolState.Denied && !own.Allows(now));
    }

    /// <summary>The tools that a request offered to the model, those denied first; empty without content.</summary>
    public IReadOnlyList<OfferedTool> OfferedBy(CallContent? content, DateTimeOffset now) =>
    [
        .. (content is null ? [] : ToolUses.Find(content.RequestBody, "", "", null))
            .Select(t => new OfferedTool(t.Server, t.Tool, t.Server.Length > 0 && IsDenied(new McpToolName(t.Server, t.Tool), now)))
            .OrderByDescending(t => t.IsDenied),
    ];

    /// <summary>The server of a decision as a tool's name.</summary>
    public static McpToolName Server(string server) => new(server, AllTools);

    /// <summary>The policy as it is stored.</summary>
    public string Document => JsonSerializer.Serialize(_policy, WireJson.Default.GuardrailPolicy);

    /// <summary>With one decision more.</summary>
    public ToolPolicy With(McpToolName tool, ToolDecision decision)
    {
        var name = tool.ToString();
        var denied = (Rules.Deny ?? []).Where(d => !Same(d, name));
        var others = (_policy.Exceptions ?? []).Where(e => e.Kind != Exception || !Same(e.Value, name));
        var allowed = new GuardrailException
        {
            Kind = Exception, Value = name, Reason = decision.Reason, Expires = decision.Until?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        };
        return new ToolPolicy(
            _policy with
            {
                Detectors = [Rules with { Deny = decision.State == ToolState.Denied ? [.. denied, name] : [.. denied] }, .. _policy.Detectors.Where(d => d.Type != Detector)],
                Exceptions = decision.State == ToolState.Allowed ? [.. others, allowed] : [.. others],
            },
            _isEnabled);
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
