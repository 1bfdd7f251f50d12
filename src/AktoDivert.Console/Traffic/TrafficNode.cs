namespace AktoDivert.Console.Traffic;

/// <summary>A device, an app on it, a process of that, or a host it talks to.</summary>
/// <param name="depth">0 device, 1 app, 2 process, 3 host.</param>
/// <param name="name">What is shown.</param>
/// <param name="filter">The filter of its calls.</param>
internal sealed class TrafficNode(int depth, string name, string filter)
{
    /// <summary>The depth of hosts.</summary>
    private const int HostDepth = 3;

    /// <summary>0 device, 1 app, 2 process, 3 host.</summary>
    public int Depth { get; } = depth;

    /// <summary>What is shown.</summary>
    public string Name { get; } = name;

    /// <summary>The filter of its calls.</summary>
    public string Filter { get; } = filter;

    /// <summary>What is below it, by name.</summary>
    public List<TrafficNode> Children { get; } = [];

    /// <summary>Flows, or calls where an agent reports no flows.</summary>
    public long Flows { get; set; }

    /// <summary>Bytes, both ways.</summary>
    public long Bytes { get; set; }

    /// <summary>Of a host: how its flows were treated, the rule or reason included.</summary>
    public string Meaning { get; set; } = "";

    /// <summary>Of a host: the worst that happened to its flows, one of <see cref="Traffic.Treatment"/>.</summary>
    public string Treatment { get; set; } = "";

    /// <summary>Material symbol.</summary>
    public string Icon => Depth switch
    {
        0 => "devices",
        1 => "apps",
        2 => "terminal",
        _ => Treatment switch
        {
            Traffic.Treatment.Intercepted or Traffic.Treatment.Opaque => "lock_open",
            Traffic.Treatment.Pinned or Traffic.Treatment.Failed or Traffic.Treatment.Undecryptable => "lock_person",
            _ => "lock",
        },
    };

    /// <summary>Class of the symbol's colour.</summary>
    public string Tone => Treatment switch
    {
        Traffic.Treatment.Intercepted => "good",
        "" or Traffic.Treatment.Passed => "",
        _ => "warn",
    };

    /// <summary>Whether what is below it is shown.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether there can be calls: not of a host none of whose flows was decrypted.</summary>
    public bool HasCalls => Depth < HostDepth || Treatment is Traffic.Treatment.Intercepted or Traffic.Treatment.Opaque;

    /// <summary>Whether two trees have the same nodes, whatever they count.</summary>
    public static bool Alike(IReadOnlyList<TrafficNode> one, IReadOnlyList<TrafficNode> other) =>
        one.Count == other.Count && one.Zip(other).All(p => p.First.Name == p.Second.Name && p.First.Treatment == p.Second.Treatment && Alike(p.First.Children, p.Second.Children));

    /// <summary>Opens nodes as their namesakes of another tree are; those that are new, down to a depth.</summary>
    public static void OpenAs(IReadOnlyList<TrafficNode> shown, IReadOnlyList<TrafficNode> read, int depth)
    {
        foreach (var node in read)
        {
            var before = shown.FirstOrDefault(s => s.Name == node.Name);
            node.IsOpen = before?.IsOpen ?? node.Depth < depth;
            OpenAs(before?.Children ?? [], node.Children, depth);
        }
    }

    /// <summary>Takes over the counts of a tree with the same nodes.</summary>
    public static void Update(IReadOnlyList<TrafficNode> shown, IReadOnlyList<TrafficNode> read)
    {
        foreach (var (node, fresh) in shown.Zip(read))
        {
            (node.Flows, node.Bytes, node.Meaning) = (fresh.Flows, fresh.Bytes, fresh.Meaning);
            Update(node.Children, fresh.Children);
        }
    }
}
