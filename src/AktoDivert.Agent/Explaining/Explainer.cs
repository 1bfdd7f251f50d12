using System.Globalization;
using AktoDivert.Agent.Policy;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Proxy.Classify;

namespace AktoDivert.Agent.Explaining;

/// <summary>Runs the real decision for a process and a target, and shows the order it went through.</summary>
internal static class Explainer
{
    private static readonly (RuleSource Source, string Name)[] Order =
    [
        (RuleSource.BuiltIn, "built-in safety"),
        (RuleSource.ProxyPattern, "proxy patterns"),
        (RuleSource.LearnedPassthrough, "learned passthrough"),
        (RuleSource.ChattyDomain, "chatty domains"),
        (RuleSource.AiDomain, "AI domains"),
        (RuleSource.Default, "otherwise passthrough"),
    ];

    /// <summary>Explains; the error says how to write what was asked.</summary>
    /// <param name="store">The policy and the apps in force.</param>
    /// <param name="signs">Whether the device CA may sign for a host.</param>
    /// <param name="process">Name, path, process id, or command line.</param>
    /// <param name="target">host[:port][/path].</param>
    /// <param name="error">What is wrong with the question; null when the answer is there.</param>
    public static Explanation? Explain(PolicyStore store, Func<string, bool> signs, string process, string target, out string? error)
    {
        if (!ExplainTarget.TryParse(target, out var parsed, out error) || !ProcessQuery.TryRead(process, out var chain, out error))
        {
            return null;
        }

        var inForce = store.InForce;
        var (apps, scope) = (inForce.Apps, inForce.Selection.Scope);
        var (match, by) = Select(apps, scope, chain!);
        var identity = chain![0] with { AppId = match?.AppId ?? "", SelectedBy = by };
        var facts = new FlowFacts(identity, parsed!.Host, parsed.Destination);
        var decision = store.Provider.Decide(facts);
        var obstacle = decision.Intercepts ? Interceptable.WhyNot(parsed.Host, signs) : null;
        PathDecision? path = parsed.Path is not null && decision.Intercepts && obstacle is null
            ? store.Provider.Current.DecidePath(facts, parsed.Host ?? parsed.Destination.Address.ToString(), parsed.Path)
            : null;
        return new Explanation
        {
            Process = identity.Path.Length > 0 ? identity.Path : identity.Name,
            Host = parsed.Host ?? parsed.Destination.Address.ToString(),
            Port = parsed.Destination.Port,
            Path = parsed.Path,
            Selected = match is not null || scope == RedirectScope.All,
            SelectedBy = by,
            App = identity.AppId,
            AppOrigin = match is null ? null : Origin(apps, match),
            Action = obstacle is null ? decision.Action : InterceptAction.Passthrough,
            Source = decision.Source,
            Rule = decision.Rule,
            Reason = obstacle is null ? decision.Reason : $"{decision.Reason} But {obstacle}.",
            Steps = [.. Order.Select((step, index) => new ExplainedStep(index + 1, step.Name, Outcome(step.Source, decision.Source)))],
            Captured = path?.Capture,
            PathRule = path?.Rule,
        };
    }

    private static (AppMatch? Match, string By) Select(IReadOnlyList<LayeredApp> apps, RedirectScope scope, IReadOnlyList<ProcessIdentity> chain)
    {
        if (Match(apps.Where(app => app.Redirected), chain) is var (match, by))
        {
            return (match, by);
        }

        if (scope == RedirectScope.All)
        {
            return (null, "scope all");
        }

        return Match(apps.Where(app => !app.Redirected), chain) is var (known, why)
            ? (null, $"{why}, but {known.AppId} is not redirected: {Origin(apps, known)}")
            : (null, "no selector of the allow-list matches");
    }

    private static (AppMatch Match, string By)? Match(IEnumerable<LayeredApp> apps, IReadOnlyList<ProcessIdentity> chain)
    {
        var selection = new ProcessSelection(RedirectScope.AllowList, [.. apps.Select(app => app.App)]);
        for (var i = 0; i < chain.Count; i++)
        {
            if (selection.Match(chain[i]) is { } match)
            {
                return (match, i == 0 ? match.Selector : string.Create(CultureInfo.InvariantCulture, $"child of {chain[i].Name} ({chain[i].Pid}), {match.Selector}"));
            }
        }

        return null;
    }

    private static string Origin(IReadOnlyList<LayeredApp> apps, AppMatch match) =>
        apps.First(app => app.App.Id == match.AppId && app.App.Source == match.Source).Origin;

    private static string Outcome(RuleSource step, RuleSource decided) =>
        step == decided ? "decides" : step < decided ? "no match" : "not reached";
}
