using AktoDivert.Lab.Execution;

namespace AktoDivert.Lab.Network;

/// <summary>The two network namespaces, joined by one veth pair; nothing of them shows on the host.</summary>
internal static class LabNetwork
{
    public const string Internet = "aklab-net";
    public const string Pc = "aklab-pc";

    public static string PathOf(string name) => $"/run/netns/{name}";

    public static async Task CreateAsync()
    {
        await Ip("netns", "add", Internet);
        await Ip("netns", "add", Pc);
        await Ip("link", "add", "lab0", "netns", Pc, "type", "veth", "peer", "name", "lab0", "netns", Internet);
        string[] batch =
        [
            "addr add 10.79.0.1/24 dev lab0", "addr add fd79::1/64 dev lab0 nodad", "link set lo up", "link set lab0 up",
            $"addr add {LabHost.NameServer}/32 dev lo",
            .. LabHost.All.Select(host => $"addr add {host.Address4}/32 dev lo"),
            .. LabHost.All.Select(host => $"addr add {host.Address6}/128 dev lo nodad"),
        ];
        await BatchAsync(Internet, batch);
        await BatchAsync(Pc,
        [
            "addr add 10.79.0.2/24 dev lab0", "addr add fd79::2/64 dev lab0 nodad", "link set lo up", "link set lab0 up",
            "route add default via 10.79.0.1", "route add ::/0 via fd79::1",
        ]);
    }

    /// <summary>Ends every process of the two namespaces and removes them; quiet when there are none.</summary>
    public static async Task RemoveAsync()
    {
        foreach (var name in new[] { Pc, Internet })
        {
            if (!File.Exists(PathOf(name)))
            {
                continue;
            }

            await EndProcessesAsync(name);
            await Ip("netns", "del", name);
        }
    }

    private static async Task EndProcessesAsync(string name)
    {
        foreach (var signal in new[] { "-TERM", "-KILL" })
        {
            for (var attempt = 0; attempt < 20; attempt++)
            {
                var pids = (await Ip("netns", "pids", name)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                if (pids.Length == 0)
                {
                    return;
                }

                if (attempt == 0)
                {
                    await ChildProcess.RunAsync(["kill", signal, .. pids], TimeSpan.FromSeconds(5));
                }

                await Task.Delay(100);
            }
        }
    }

    private static Task<string> Ip(params string[] arguments) => ChildProcess.RequireAsync(["ip", .. arguments]);

    private static async Task BatchAsync(string name, IEnumerable<string> lines)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, lines);
            await Ip("-n", name, "-batch", file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
