using AktoDivert.Console.Guardrails;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Inventory;

/// <summary>Decides about MCP servers and tools; <see cref="ToolPolicy"/> carries it to the devices.</summary>
internal sealed class ToolDecisions(SettingsStore settings, TimeProvider time)
{
    private const int LongestReason = 1000;
    private const int LongestName = 255;

    /// <summary>Decides about a tool, or about a server as a whole.</summary>
    /// <param name="server">MCP server: the name in the apps' configurations, or the host.</param>
    /// <param name="tool">Its tool; empty for the server as a whole.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<SettingsChange> DecideAsync(string server, string tool, ToolDecision decision, Actor by, CancellationToken cancellation)
    {
        if (Fault(server, tool, decision) is { } fault)
        {
            return Task.FromResult(settings.Refused(fault));
        }

        var name = tool.Length == 0 ? ToolPolicy.Server(server) : new McpToolName(server, tool);
        var until = decision.Until is { } end ? $" until {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC" : "";
        return settings.ChangeAsync(
            by, "tool.decide", $"{server} {(tool.Length == 0 ? "(all tools)" : tool)} {decision.State}{until}{(decision.Reason.Length > 0 ? $": {decision.Reason}" : "")}",
            async db =>
            {
                var (before, row) = (ToolPolicy.Of(settings.Current), await db.GuardrailPolicies.FindAsync([ToolPolicy.Id], cancellation));
                var after = before.With(name, decision);
                if (GuardrailPolicies.Fault(after.Name, after.Document) is { } refused)
                {
                    return [refused];
                }

                if (row is null)
                {
                    if (settings.Current.Policies.Any(p => string.Equals(p.Name, after.Name, StringComparison.OrdinalIgnoreCase)))
                    {
                        return [$"The decisions need a policy named {after.Name}, and there is another of that name: rename it."];
                    }

                    row = new GuardrailPolicyRow { Id = ToolPolicy.Id, Name = after.Name, Document = after.Document, UpdatedBy = by.Name };
                    db.GuardrailPolicies.Add(row);
                }

                // A policy that denies nothing would have connections held for nothing. One that a person switched off stays off.
                row.Enabled = after.Denies && (row.Enabled || !before.Denies);
                (row.Document, row.Version, row.UpdatedBy, row.UpdatedMs) = (after.Document, row.Version + 1, by.Name, time.GetUtcNow().ToUnixTimeMilliseconds());
                return [];
            },
            cancellation);
    }

    private string? Fault(string server, string tool, ToolDecision decision) => (server, tool) switch
    {
        _ when !Enum.IsDefined(decision.State) => "The state is Undecided, Allowed or Denied.",
        _ when server.Length is 0 or > LongestName || tool.Length > LongestName => $"A server is named by 1 to {LongestName} characters, a tool by at most {LongestName}.",
        _ when server.Contains('*', StringComparison.Ordinal) || tool.Contains('*', StringComparison.Ordinal) => "A name with * would mean others too: write a policy under Guardrails for that.",
        _ when server.Contains("__", StringComparison.Ordinal) => "The name of a server has no __ within.",
        _ when decision.Reason is null or { Length: > LongestReason } => $"A reason has at most {LongestReason} characters.",
        _ when decision is { Until: not null, State: not ToolState.Allowed } => "Only an allowance ends at a time.",
        _ when decision.Until <= time.GetUtcNow() => "The end of the allowance is past.",
        _ => null,
    };
}
