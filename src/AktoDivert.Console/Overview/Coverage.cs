using AktoDivert.Console.Devices;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Traffic;
using AktoDivert.Core.Policy;

namespace AktoDivert.Console.Overview;

/// <summary>Why flows were or were not inspected: by the flows that agents report, and for what never became a flow by their counters.</summary>
internal static class Coverage
{
    private static readonly (string Name, string Meaning, string Treatment, RuleSource? Source, string Tone)[] Shares =
    [
        ("Inspected", "Decrypted, guarded and captured.", Treatment.Intercepted, null, "good"),
        ("Passed by pattern", "A Proxy Pattern says bypass.", Treatment.Passed, RuleSource.ProxyPattern, ""),
        ("Chatty", "Chatty domains are counted and left alone.", Treatment.Passed, RuleSource.ChattyDomain, ""),
        ("Not AI", "No rule matches the host.", Treatment.Passed, RuleSource.Default, ""),
        ("Built in", "Sign-ins, updates and AktoDivert's own hosts are never touched.", Treatment.Passed, RuleSource.BuiltIn, ""),
        ("Pinned", "The app refused our certificate and passes for now.", Treatment.Pinned, null, "warn"),
        ("Not decryptable", "No TLS, no host name, or a name that our CA may not sign.", Treatment.Undecryptable, null, "warn"),
        ("Not understood", "Decrypted, but what passed was no protocol that is read.", Treatment.Opaque, null, "warn"),
        ("Failed", "The TLS handshake with app or server failed.", Treatment.Failed, null, "bad"),
    ];

    private static readonly (string Name, string Meaning, string Counter, string Tone)[] Counted =
    [
        ("QUIC refused", "Refused so that the app falls back to TCP, which is inspected. Counted since the agents started.", "redirect.quic-denied", ""),
        ("ECH seen", "The host name was encrypted; the outer name decided. Counted since the agents started.", "flow.ech.seen", "warn"),
    ];

    /// <summary>The shares, all of them, in the order shown.</summary>
    /// <param name="flows">Sums of flows by hour; only <see cref="TrafficRow.Class"/>, <see cref="TrafficRow.Rule"/> and <see cref="TrafficRow.Flows"/> are read.</param>
    /// <param name="devices">The devices with their counters.</param>
    public static IReadOnlyList<CoverageShare> Of(IReadOnlyList<TrafficRow> flows, IEnumerable<Device> devices)
    {
        var counters = devices.SelectMany(d => d.State.Counters).GroupBy(c => c.Key).ToDictionary(g => g.Key, g => g.Sum(c => c.Value), StringComparer.Ordinal);
        return
        [
            .. Shares.Select(s => new CoverageShare(
                s.Name, s.Meaning, flows.Where(f => f.Class == s.Treatment && (s.Source is null || IsBy(f.Rule, s.Source.Value))).Sum(f => f.Flows),
                $"traffic?view=flows&q={Uri.EscapeDataString(s.Source is { } source ? $"decrypt:{s.Treatment} rule:{source}*" : $"decrypt:{s.Treatment}")}", s.Tone)),
            .. Counted.Select(c => new CoverageShare(c.Name, c.Meaning, counters.GetValueOrDefault(c.Counter), "devices", c.Tone)),
        ];
    }

    private static bool IsBy(string rule, RuleSource source) => rule.Split(' ', 2)[0] == source.ToString();
}
