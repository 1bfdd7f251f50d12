using AktoDivert.Agent.Configuration;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;

namespace AktoDivert.Agent.Policy;

/// <summary>
/// Puts the policy together; <see cref="AppLayers"/> does the apps. Layers, weakest first: shipped lists, configuration file, commands on this device, console. For the same
/// pattern the strongest layer's mode counts. Domains may be added by every layer; the device removes shipped domains only, because once the
/// console sends a list of its own it takes the place of the shipped one.
/// </summary>
internal static class PolicyLayers
{
    /// <summary>The settings to compile.</summary>
    public static PolicySettings Combine(
        AgentOptions options, LocalPolicy local, ConsoleSettings console, IReadOnlyList<LayeredApp> apps, string? consoleHost) => new()
    {
        Version = console.Settings.Version ?? 0,
        Scope = console.Settings.Scope?.ToLowerInvariant() switch
        {
            "all" => RedirectScope.All,
            "allowlist" => RedirectScope.AllowList,
            _ => options.Redirect.Scope,
        },
        Apps = [.. apps.Select(app => app.App)],
        Mode = Enum.TryParse<ProxyMode>(console.Settings.ProxyMode, ignoreCase: true, out var mode) && Enum.IsDefined(mode) ? mode : ProxyMode.Listed,
        Patterns = Patterns(options, local, console),
        AiDomains = Domains(DefaultDomains.Ai, console.Settings.AiDomains, options.Policy.AiDomains, local.AiDomains),
        ChattyDomains = Domains(DefaultDomains.Chatty, console.Settings.ChattyDomains, options.Policy.ChattyDomains, local.ChattyDomains),
        OwnHosts = consoleHost is null ? [] : [consoleHost],
    };

    private static List<ProxyPattern> Patterns(AgentOptions options, LocalPolicy local, ConsoleSettings console)
    {
        var byText = new Dictionary<string, ProxyPattern>(StringComparer.Ordinal);
        foreach (var pattern in options.Policy.Patterns.Concat(local.Patterns).Concat(FromConsole(console)))
        {
            byText[Canonical(pattern.Pattern)] = pattern;
        }

        return [.. byText.Values];
    }

    private static IEnumerable<ProxyPattern> FromConsole(ConsoleSettings console)
    {
        foreach (var pattern in console.Settings.MatchingPatternsForProxy?.Values ?? [])
        {
            yield return new ProxyPattern
            {
                Pattern = pattern.Pattern,
                Intercept = pattern.Mode ?? console.Settings.SwitchProxyMode ?? true,
                AddedBy = pattern.AddedBy ?? "console",
                UpdatedAt = pattern.UpdatedTs is > 0 and < 253402300800 and var seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            };
        }
    }

    private static List<string> Domains(IReadOnlyList<string> shipped, IReadOnlyList<string>? console, params ReadOnlySpan<DomainChanges> device)
    {
        var domains = (console ?? shipped).Select(DomainText.Canonical).Distinct(StringComparer.Ordinal).ToList();
        foreach (var changes in device)
        {
            if (console is null)
            {
                domains.RemoveAll(domain => changes.Remove.Contains(domain, StringComparer.Ordinal));
            }

            domains.AddRange(changes.Add.Except(domains, StringComparer.Ordinal).ToArray());
        }

        return domains;
    }

    private static string Canonical(string pattern) =>
        HostPattern.TryParse(pattern, out var parsed, out _) ? parsed!.Text : pattern.ToLowerInvariant();
}
