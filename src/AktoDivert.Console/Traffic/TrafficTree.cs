using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Traffic;

/// <summary>Device, app, process, host: the flows of the last day, and the calls of agents that report no flows.</summary>
internal sealed class TrafficTree(IDbContextFactory<ConsoleDb> databases, TimeProvider time)
{
    private const int MostRows = 20_000;
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    /// <summary>The devices, each with its tree.</summary>
    public async Task<IReadOnlyList<TrafficNode>> ReadAsync(CancellationToken cancellation)
    {
        var since = (time.GetUtcNow() - Window).ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var names = await db.Devices.AsNoTracking().ToDictionaryAsync(d => d.Id, d => d.Name, cancellation);
        var flows = await db.Traffic.AsNoTracking().Where(t => t.HourMs >= since && t.Flows > 0)
            .GroupBy(t => new { t.DeviceId, t.App, t.Process, t.Host, t.Class, t.Rule })
            .Select(g => new Leaf(g.Key.DeviceId, g.Key.App, g.Key.Process, g.Key.Host, g.Key.Class, g.Key.Rule, g.Sum(t => t.Flows), g.Sum(t => t.BytesUp + t.BytesDown)))
            .Take(MostRows).ToListAsync(cancellation);
        var ids = names.Keys.ToList();
        var calls = await db.Calls.AsNoTracking().Where(c => ids.Contains(c.DeviceId) && c.At >= since)
            .GroupBy(c => new { c.DeviceId, c.App, c.Process, c.Host, c.Rule })
            .Select(g => new Leaf(g.Key.DeviceId, g.Key.App, g.Key.Process, g.Key.Host, Treatment.Intercepted, g.Key.Rule, g.LongCount(), g.Sum(c => c.RequestBytes + c.ResponseBytes)))
            .Take(MostRows).ToListAsync(cancellation);
        var reported = flows.Select(f => (f.DeviceId, f.Process, f.Host)).ToHashSet();
        return Build(flows.Concat(calls.Where(c => !reported.Contains((c.DeviceId, c.Process, c.Host)))), names);
    }

    private static List<TrafficNode> Build(IEnumerable<Leaf> leaves, Dictionary<string, string> names)
    {
        var root = new TrafficNode(-1, "", "");
        foreach (var leaf in leaves)
        {
            var device = names.GetValueOrDefault(leaf.DeviceId, leaf.DeviceId);
            var app = leaf.App.Length > 0 ? leaf.App : "other apps";
            var process = leaf.Process.Length > 0 ? leaf.Process : "unknown process";
            string[] path = [device, app, process, leaf.Host];
            string[] terms = [$"device={Quote(device)}", leaf.App.Length > 0 ? $"app={Quote(leaf.App)}" : "", leaf.Process.Length > 0 ? $"process={Quote(leaf.Process)}" : "", $"host={Quote(leaf.Host)}"];
            var node = root;
            for (var depth = 0; depth < path.Length; depth++)
            {
                var child = node.Children.Find(c => c.Name == path[depth]);
                if (child is null)
                {
                    child = new TrafficNode(depth, path[depth], string.Join(' ', terms.Take(depth + 1).Where(t => t.Length > 0)));
                    node.Children.Add(child);
                }

                (child.Flows, child.Bytes) = (child.Flows + leaf.Flows, child.Bytes + leaf.Bytes);
                node = child;
            }

            node.Treatment = Worse(node.Treatment, leaf.Class);
            node.Meaning = node.Meaning.Length == 0 ? $"{leaf.Class}: {leaf.Rule}" : $"{node.Meaning}; {leaf.Class}: {leaf.Rule}";
        }

        Sort(root);
        return root.Children;
    }

    private static void Sort(TrafficNode node)
    {
        node.Children.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        node.Children.ForEach(Sort);
    }

    private static string Worse(string one, string other) => Badness(one) >= Badness(other) ? one : other;

    private static int Badness(string treatment) => treatment switch
    {
        "" => 0,
        Treatment.Passed => 1,
        Treatment.Intercepted => 2,
        Treatment.Opaque => 3,
        Treatment.Undecryptable => 4,
        Treatment.Pinned => 5,
        _ => 6,
    };

    private static string Quote(string value) => value.AsSpan().IndexOfAny(" ,\"\\") < 0 ? value : $"\"{value.Replace(@"\", @"\\").Replace("\"", "\\\"")}\"";

    private sealed record Leaf(string DeviceId, string App, string Process, string Host, string Class, string Rule, long Flows, long Bytes);
}
