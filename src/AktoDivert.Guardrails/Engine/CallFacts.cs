using System.Globalization;
using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Guardrails.Engine;

/// <summary>The detectors that look at a call's facts instead of its texts: host and path, account, tools, attachments.</summary>
internal static class CallFacts
{
    private static readonly string[] AccountFields = ["chatgpt-account-id", "openai-organization", "anthropic-organization-id", "x-github-organization"];

    /// <summary>The rule that a denied tool breaks.</summary>
    public const string ToolRule = "mcp-tool";

    /// <summary>What is wrong with calling a denied tool.</summary>
    public static string ToolReason(string tool) => $"the tool {tool} is not allowed";

    /// <summary>Looks at what the head tells.</summary>
    public static void Head(GuardContext context, List<Hit> hits)
    {
        if (!LooksAtFacts(context))
        {
            return;
        }

        foreach (var (policy, detector) in Detectors(context))
        {
            if (detector.Type == DetectorType.Hosts && Banned(detector.Source.Hosts!, context) is { } host)
            {
                Add(hits, policy, detector, "banned-host", host, $"calls to {host} are not allowed");
            }
            else if (detector.Type == DetectorType.PersonalAccount && Account(context) is { Length: > 0 } account
                && !Wildcard.MatchesAny(detector.Source.Company!, account))
            {
                Add(hits, policy, detector, "personal-account", account, "the account is not one of the company's");
            }
        }
    }

    /// <summary>Looks at what the body tells.</summary>
    public static void Body(GuardContext context, AiCall call, List<Hit> hits)
    {
        if (!LooksAtFacts(context))
        {
            return;
        }

        foreach (var (policy, detector) in Detectors(context))
        {
            if (detector.Type == DetectorType.McpTools && call.McpMethod is not null)
            {
                foreach (var tool in call.ToolNames.Where(tool => policy.Denies(detector, new McpToolName(context.Target.Host, tool), context.Now)))
                {
                    Add(hits, policy, detector, ToolRule, tool, ToolReason(tool));
                }
            }
            else if (detector.Type == DetectorType.Attachments)
            {
                Attachments(policy, detector, call, hits);
            }
        }
    }

    private static void Attachments(CompiledPolicy policy, CompiledDetector detector, AiCall call, List<Hit> hits)
    {
        foreach (var attachment in call.Attachments)
        {
            var extension = Path.GetExtension(attachment.Name);
            var denied = detector.Source.Deny?.FirstOrDefault(d =>
                Wildcard.Matches(d, attachment.MediaType) || (extension.Length > 0 && Wildcard.Matches(d.StartsWith('.') ? d : "." + d, extension)));
            if (denied is not null)
            {
                Add(hits, policy, detector, "attachment-type", denied, $"attachments of the type {denied} are not allowed");
            }
            else if (detector.Source.MaximumBytes is { } most && attachment.Bytes > most)
            {
                Add(hits, policy, detector, "attachment-size", "size", string.Create(CultureInfo.InvariantCulture, $"an attachment has more than {most} bytes"));
            }
        }
    }

    private static bool LooksAtFacts(GuardContext context) => context.For(Direction.Request).Exists(static policy => policy.LooksAtFacts);

    private static IEnumerable<(CompiledPolicy Policy, CompiledDetector Detector)> Detectors(GuardContext context) =>
        from policy in context.For(Direction.Request)
        from detector in policy.Detectors
        where detector.Set < 0
        select (policy, detector);

    private static void Add(List<Hit> hits, CompiledPolicy policy, CompiledDetector detector, string rule, string entity, string reason)
    {
        if (detector.Takes(new Detection(detector.Name, entity, rule, 1, 0, 0)))
        {
            var action = detector.Action == Verdict.Redact ? policy.CannotRedact : detector.Action;
            hits.Add(new Hit(policy, detector, null, new Detection(detector.Name, entity, rule, 1, 0, 0, reason), action));
        }
    }

    private static string? Banned(IEnumerable<string> hosts, GuardContext context) => hosts.FirstOrDefault(banned => IsHost(banned, context));

    // A host alone means all its paths.
    private static bool IsHost(string banned, GuardContext context)
    {
        var slash = banned.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? Wildcard.Matches(banned, context.Target.Host)
            : Wildcard.Matches(banned[..slash], context.Target.Host) && Wildcard.Matches(banned[slash..], context.Target.Path);
    }

    private static string Account(GuardContext context)
    {
        foreach (var field in AccountFields)
        {
            if (context.Target.Field(field) is { Length: > 0 } value)
            {
                return value;
            }
        }

        // claude.ai names the organisation in the path.
        const string Organisations = "/api/organizations/";
        var path = context.Target.Path;
        return context.Target.Host == "claude.ai" && path.StartsWith(Organisations, StringComparison.Ordinal) ? path[Organisations.Length..].Split('/')[0] : "";
    }
}
