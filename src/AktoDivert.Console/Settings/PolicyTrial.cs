using System.Net;
using AktoDivert.Console.Devices;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Settings;

/// <summary>
/// Decides as agents do, without an agent: which rule decides for a process and a host, and what a change would do to the flows of the last day.
/// It uses the agents' own code, so that the answer here is the answer there.
/// </summary>
internal sealed class PolicyTrial(IDbContextFactory<ConsoleDb> databases, SettingsStore settings, DeviceStore devices, TimeProvider time)
{
    private const int MostPairs = 20_000;
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);
    private static readonly IPEndPoint Nowhere = new(IPAddress.Any, 443);
    private static readonly IReadOnlyList<CatalogueApp> Shipped = [.. AppCatalogue.For("linux").Apps, .. AppCatalogue.For("windows").Apps];

    /// <summary>The rule that decides, with the settings in force and what devices learned.</summary>
    /// <param name="process">Executable file name.</param>
    /// <param name="host">Host name; lower case.</param>
    /// <param name="destination">Where the connection goes.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<PolicyDecision> ExplainAsync(string process, string host, IPEndPoint destination, CancellationToken cancellation)
    {
        var (snapshot, learned) = (Compile(settings.Current.Patterns.Select(Pattern)), await LearnedAsync(cancellation));
        return snapshot.Decide(new FlowFacts(Identity(AppOf(process), process), host, destination), learned);
    }

    /// <summary>The app that a process belongs to by its name; empty when the catalogue knows none.</summary>
    public string AppOf(string process) => settings.Current.OwnApps.Concat(Shipped).FirstOrDefault(a => a.Selectors.Any(s =>
        s.Kind == ProcessSelectorKind.Name && string.Equals(s.Value, process, StringComparison.OrdinalIgnoreCase)))?.Id ?? "";

    /// <summary>What would go otherwise of the last day's flows, those with most flows first.</summary>
    /// <param name="pattern">Pattern to add or change.</param>
    /// <param name="intercept">Its mode; null to delete it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The changes, and how many pairs of process and host were looked at.</returns>
    public async Task<(IReadOnlyList<TrialChange> Changes, int Looked)> CompareAsync(string pattern, bool? intercept, CancellationToken cancellation)
    {
        var current = settings.Current.Patterns.Select(Pattern).ToList();
        var canonical = HostPattern.TryParse(pattern, out var parsed, out _) ? parsed!.Text : pattern;
        var proposed = current.Where(p => p.Pattern != canonical).ToList();
        if (intercept is { } mode)
        {
            proposed.Add(new ProxyPattern { Pattern = canonical, Intercept = mode });
        }

        var (before, after, learned) = (Compile(current), Compile(proposed), await LearnedAsync(cancellation));
        var pairs = await PairsAsync(cancellation);
        var changes = new List<TrialChange>();
        foreach (var (app, process, host, flows) in pairs)
        {
            var facts = new FlowFacts(Identity(app, process), host.ToLowerInvariant().TrimEnd('.'), Nowhere);
            var (was, becomes) = (before.Decide(facts, learned), after.Decide(facts, learned));
            if (was.Intercepts != becomes.Intercepts || was.Rule != becomes.Rule)
            {
                changes.Add(new TrialChange(app, process, host, flows, was, becomes));
            }
        }

        return ([.. changes.OrderByDescending(c => c.Before.Intercepts != c.After.Intercepts).ThenByDescending(c => c.Flows)], pairs.Count);
    }

    /// <summary>How often each rule decided in the last day, by the rule's text.</summary>
    public async Task<IReadOnlyDictionary<string, long>> HitsAsync(CancellationToken cancellation)
    {
        var since = (time.GetUtcNow() - Window).ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var flows = await db.Traffic.AsNoTracking().Where(t => t.HourMs >= since).GroupBy(t => t.Rule)
            .Select(g => new { g.Key, Count = g.Sum(t => t.Flows) }).ToListAsync(cancellation);
        var ids = await db.Devices.Select(d => d.Id).ToListAsync(cancellation);
        var calls = await db.Calls.AsNoTracking().Where(c => ids.Contains(c.DeviceId) && c.At >= since).GroupBy(c => c.Rule)
            .Select(g => new { g.Key, Count = g.LongCount() }).ToListAsync(cancellation);
        // Flows count what passed through too; calls are all there is of agents that report no flows.
        return flows.Concat(calls).GroupBy(r => RuleText(r.Key), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Max(r => r.Count), StringComparer.Ordinal);
    }

    private async Task<List<(string App, string Process, string Host, long Flows)>> PairsAsync(CancellationToken cancellation)
    {
        var since = (time.GetUtcNow() - Window).ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var flows = await db.Traffic.AsNoTracking().Where(t => t.HourMs >= since).GroupBy(t => new { t.App, t.Process, t.Host })
            .Select(g => new { g.Key.App, g.Key.Process, g.Key.Host, Count = g.Sum(t => t.Flows) }).Take(MostPairs).ToListAsync(cancellation);
        var ids = await db.Devices.Select(d => d.Id).ToListAsync(cancellation);
        var calls = await db.Calls.AsNoTracking().Where(c => ids.Contains(c.DeviceId) && c.At >= since).GroupBy(c => new { c.App, c.Process, c.Host })
            .Select(g => new { g.Key.App, g.Key.Process, g.Key.Host, Count = g.LongCount() }).Take(MostPairs).ToListAsync(cancellation);
        return [.. flows.Concat(calls).GroupBy(p => (p.App, p.Process, p.Host)).Select(g => (g.Key.App, g.Key.Process, g.Key.Host, g.Max(p => p.Count)))];
    }

    private PolicySnapshot Compile(IEnumerable<ProxyPattern> patterns) => PolicySnapshot.Compile(
        new PolicySettings
        {
            Apps = [.. settings.Current.OwnApps, .. AppCatalogue.Shipped.Apps],
            Mode = settings.Current.Mode,
            Patterns = [.. patterns],
            AiDomains = [.. settings.Current.Ai.Select(d => d.Domain)],
            ChattyDomains = [.. settings.Current.Chatty.Select(d => d.Domain)],
        },
        out _);

    private async Task<LearnedPassthroughTable> LearnedAsync(CancellationToken cancellation)
    {
        var table = new LearnedPassthroughTable(time);
        table.Restore((await devices.ListAsync(cancellation)).SelectMany(d => d.State.Learned).Select(l => new LearnedPassthrough(
            l.Process, l.Host, l.Reason, DateTimeOffset.FromUnixTimeSeconds(l.SinceUnixSeconds),
            l.ExpiresUnixSeconds == 0 ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeSeconds(l.ExpiresUnixSeconds), l.Refusals)));
        return table;
    }

    private static ProxyPattern Pattern(ProxyPatternRow row) => new() { Pattern = row.Pattern, Intercept = row.Intercept };

    private static ProcessIdentity Identity(string app, string process) => new() { Pid = 0, Name = process, AppId = app };

    private static string RuleText(string rule) => rule.StartsWith(nameof(RuleSource.ProxyPattern) + " ", StringComparison.Ordinal)
        ? rule[(nameof(RuleSource.ProxyPattern).Length + 1)..]
        : rule;
}
