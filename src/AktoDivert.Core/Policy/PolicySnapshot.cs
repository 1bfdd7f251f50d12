using AktoDivert.Core.Processes;

namespace AktoDivert.Core.Policy;

/// <summary>
/// The compiled policy: immutable, shared by all threads, replaced as a whole. The cost of a decision does not grow with the number of
/// patterns, and a decision by name allocates nothing.
/// </summary>
public sealed class PolicySnapshot
{
    private static readonly PolicyDecision NoRule = new(
        InterceptAction.Passthrough, RuleSource.Default, "", "No rule matches, so the connection passes through.");

    private static readonly PolicyDecision SwitchedOff = new(
        InterceptAction.Passthrough, RuleSource.ProxyPattern, "off", "Interception is switched off, so every connection passes through.");

    private readonly RuleIndex _builtIn;
    private readonly Dictionary<string, RuleIndex> _builtInByApp;
    private readonly RuleIndex _patterns;
    private readonly RuleIndex _hostPatterns;
    private readonly RuleIndex _chatty;
    private readonly RuleIndex _ai;
    private readonly RuleIndex _otherwise;
    private readonly PolicyRule[] _paths;
    private readonly Lazy<InterceptReach> _reach;

    private PolicySnapshot(PolicySettings settings, List<string> errors)
    {
        Settings = settings;
        _builtIn = new RuleIndex([
            .. Rules(settings.OwnHosts, HostPattern.TryParse, errors, "own host", p =>
                Passthrough(RuleSource.BuiltIn, p, $"{p} is AktoDivert's own console or upload host.")),
            .. Rules(AppCatalogue.Shipped.PassthroughHosts, HostPattern.TryParse, errors, "built-in host", p =>
                Passthrough(RuleSource.BuiltIn, p, $"{p} carries sign-ins or updates, or cannot be intercepted by anyone.")),
        ]);
        _builtInByApp = settings.Apps.Where(app => app.PassthroughHosts.Count > 0).GroupBy(app => app.Id, StringComparer.Ordinal).ToDictionary(
            layers => layers.Key,
            layers => new RuleIndex(layers.SelectMany(app => Rules(app.PassthroughHosts, HostPattern.TryParse, errors, $"passthrough host of {app.Id}", p =>
                Passthrough(RuleSource.BuiltIn, p, $"{app.Name} is known not to work with {p} intercepted.")))),
            StringComparer.Ordinal);
        var patterns = Patterns(settings.Patterns, errors).ToArray();
        _paths = [.. patterns
            .Where(rule => rule.Pattern.Path is not null)
            .OrderByDescending(rule => rule.Pattern.Weight)
            .ThenByDescending(rule => rule.Pattern.Path!.Length)
            .ThenBy(rule => rule.Decision.Intercepts)];

        // A path is only seen after decryption: a bypassed path must not stop the rest of its host from being intercepted.
        _patterns = new RuleIndex(patterns.Where(rule => rule.Pattern.Path is null || rule.Decision.Intercepts));
        _hostPatterns = new RuleIndex(patterns.Where(rule => rule.Pattern.Path is null));
        _chatty = new RuleIndex(Rules(settings.ChattyDomains, HostPattern.TryParseDomain, errors, "chatty domain", p =>
            Passthrough(RuleSource.ChattyDomain, p, $"{p} is a chatty domain: counted, never decrypted.")));
        var ai = Rules(settings.AiDomains, HostPattern.TryParseDomain, errors, "AI domain", p =>
            new PolicyDecision(InterceptAction.Intercept, RuleSource.AiDomain, p.Text, $"{p} is an AI domain."));
        _ai = new RuleIndex(ai);
        var appHosts = settings.Mode == ProxyMode.AllExcept ? settings.Apps.SelectMany(app => app.Hosts).Distinct(StringComparer.Ordinal).ToArray() : [];
        var otherwise = Rules(appHosts, HostPattern.TryParse, errors, "host of an app", p =>
            new PolicyDecision(InterceptAction.Intercept, RuleSource.Default, p.Text, $"{p} is a host of an app that is known, and no rule lets it pass."));
        _otherwise = new RuleIndex(otherwise);

        // Not needed by most, so made when it is asked for.
        _reach = new Lazy<InterceptReach>(() => new InterceptReach(settings.Mode == ProxyMode.Off
            ? []
            : patterns.Concat(ai).Concat(otherwise).Where(rule => rule.Decision.Intercepts).Select(rule => rule.Pattern)));
    }

    private delegate bool Parser(string? text, out HostPattern? pattern, out string? error);

    /// <summary>What it was compiled from.</summary>
    public PolicySettings Settings { get; }

    /// <summary>How far the rules that intercept reach.</summary>
    public InterceptReach Reach => _reach.Value;

    /// <summary>
    /// Compiles settings. Entries that do not parse are left out and reported in <paramref name="errors"/>, each with its text.
    /// </summary>
    public static PolicySnapshot Compile(PolicySettings settings, out IReadOnlyList<string> errors)
    {
        var found = new List<string>();
        var snapshot = new PolicySnapshot(settings, found);
        errors = found;
        return snapshot;
    }

    /// <summary>Decides a flow by the documented order; <paramref name="learned"/> is step 3.</summary>
    public PolicyDecision Decide(in FlowFacts facts, LearnedPassthroughTable learned)
    {
        // 1 built-in safety
        if (_builtIn.Find(facts.Host, facts.Destination) is { } own)
        {
            return own.Decision;
        }

        if (_builtInByApp.TryGetValue(facts.Process.AppId, out var unbumpable)
            && unbumpable.Find(facts.Host, facts.Destination) is { } pair)
        {
            return pair.Decision;
        }

        // 2 Proxy Patterns
        if (Settings.Mode == ProxyMode.Off)
        {
            return SwitchedOff;
        }

        if (_patterns.Find(facts.Host, facts.Destination) is { } pattern)
        {
            return pattern.Decision;
        }

        // 3 learned passthrough
        if (facts.Host is not null && learned.Find(facts.Process.Name, facts.Host) is { } entry)
        {
            return new PolicyDecision(
                InterceptAction.Passthrough, RuleSource.LearnedPassthrough, $"{entry.Process} -> {entry.Host}", entry.Reason);
        }

        // 4 chatty domains, 5 AI domains, 6 otherwise
        var rule = _chatty.Find(facts.Host, facts.Destination) ?? _ai.Find(facts.Host, facts.Destination) ?? _otherwise.Find(facts.Host, facts.Destination);
        return rule?.Decision ?? NoRule;
    }

    /// <summary>Decides, after decryption, whether an exchange is captured and guarded: <c>https://host/path/*</c> patterns.</summary>
    /// <param name="facts">The flow.</param>
    /// <param name="authority">The exchange's own host, with or without a port (HTTP/2 coalesces hosts on one connection).</param>
    /// <param name="path">Path, with or without query.</param>
    public PathDecision DecidePath(in FlowFacts facts, string authority, string path)
    {
        var host = HostOf(authority);
        var pathOnly = path.AsSpan();
        var query = pathOnly.IndexOf('?');
        pathOnly = query < 0 ? pathOnly : pathOnly[..query];
        foreach (var rule in _paths)
        {
            if (rule.Pattern.Matches(host, facts.Destination) && LabelGlob.MatchesText(rule.Pattern.Path!, pathOnly))
            {
                return new PathDecision(rule.Decision.Intercepts, rule.Pattern.Text);
            }
        }

        var ofHost = _hostPatterns.Find(host, facts.Destination) ?? _chatty.Find(host, facts.Destination)
            ?? _ai.Find(host, facts.Destination) ?? _otherwise.Find(host, facts.Destination);
        if (ofHost is not null)
        {
            return new PathDecision(ofHost.Decision.Intercepts, ofHost.Decision.Intercepts ? "" : ofHost.Pattern.Text);
        }

        // A host that is intercepted for the sake of some paths only keeps its other paths private.
        return _patterns.Find(host, facts.Destination) is { } onlyPaths
            ? new PathDecision(false, onlyPaths.Pattern.Text)
            : new PathDecision(true, "");
    }

    private static string HostOf(string authority)
    {
        var colon = authority.LastIndexOf(':');
        var host = colon > 0 && !authority.EndsWith(']') ? authority[..colon] : authority;
        return host.TrimEnd('.').ToLowerInvariant();
    }

    private static PolicyDecision Passthrough(RuleSource source, HostPattern pattern, string reason) =>
        new(InterceptAction.Passthrough, source, pattern.Text, reason);

    private static IEnumerable<PolicyRule> Patterns(IReadOnlyList<ProxyPattern> patterns, List<string> errors)
    {
        foreach (var pattern in patterns)
        {
            if (!HostPattern.TryParse(pattern.Pattern, out var parsed, out var error))
            {
                errors.Add($"Proxy Pattern: {error}");
                continue;
            }

            yield return new PolicyRule(parsed!, pattern.Intercept
                ? new PolicyDecision(
                    InterceptAction.Intercept, RuleSource.ProxyPattern, parsed!.Text, $"Proxy Pattern {parsed} has Proxy Mode true.")
                : new PolicyDecision(
                    InterceptAction.Passthrough, RuleSource.ProxyPattern, parsed!.Text, $"Proxy Pattern {parsed} has Proxy Mode false."));
        }
    }

    private static List<PolicyRule> Rules(
        IReadOnlyList<string> entries, Parser parser, List<string> errors, string what, Func<HostPattern, PolicyDecision> decide)
    {
        var rules = new List<PolicyRule>(entries.Count);
        foreach (var entry in entries)
        {
            if (parser(entry, out var pattern, out var error))
            {
                rules.Add(new PolicyRule(pattern!, decide(pattern!)));
            }
            else
            {
                errors.Add($"{what}: {error}");
            }
        }

        return rules;
    }
}
