using System.Diagnostics;
using AktoDivert.Lab.Network;
using AktoDivert.SystemTests.EndToEnd;

namespace AktoDivert.SystemTests.Redirect;

/// <summary>
/// Three network namespaces: the apps', a server's with addresses of the documentation ranges, and another of apps that the engine must
/// leave alone. Plus a folder for copies of programs under other names.
/// </summary>
internal sealed class RedirectLab : IAsyncDisposable
{
    internal const string ServerV4 = "203.0.113.10";
    internal const string ServerV6 = "2001:db8::10";
    internal const string AppV4 = "10.77.0.1";
    internal const string AppV6 = "fd77::1";
    internal const string AppDevice = "akr0";

    private static int _count;
    private readonly string _prefix = $"akr-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
    private Process? _server;

    internal static string HostProgram { get; } = Path.Combine(AppContext.BaseDirectory, "AktoDivert.RedirectHost");

    /// <summary>Programs under test stand here.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("akr-").FullName;

    /// <summary>The command line that runs a program in the apps' namespace.</summary>
    internal string[] InApps(params IEnumerable<string> command) => ["nsenter", $"--net=/run/netns/{Apps}", .. command];

    private string Apps => $"{_prefix}-app";

    private string Server => $"{_prefix}-srv";

    private string Others => $"{_prefix}-oth";

    /// <summary>The server answers in clear text and echoes (<c>EchoServer</c>).</summary>
    internal static Task<RedirectLab> CreateAsync() => CreateAsync(lab => lab.StartServerAsync([HostProgram, "serve"]));

    /// <summary>The servers are the lab's AI services, with TLS, at their names' addresses; their authority stands in <see cref="Folder"/>.</summary>
    internal static Task<RedirectLab> CreateWithAiServicesAsync() => CreateAsync(async lab =>
    {
        foreach (var host in LabHost.All)
        {
            await Shell.RunAsync("ip", "-n", lab.Server, "addr", "replace", host.Address4 + "/32", "dev", "lo");
            await Shell.RunAsync("ip", "-n", lab.Server, "addr", "replace", host.Address6 + "/128", "dev", "lo", "nodad");
        }

        await Shell.RunAsync("ip", "-n", lab.Server, "addr", "replace", LabHost.NameServer + "/32", "dev", "lo");
        await lab.StartServerAsync([ProductInLab.Lab, "upstream", "--run-dir", lab.Folder]);
    });

    private static async Task<RedirectLab> CreateAsync(Func<RedirectLab, Task> startServer)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Inconclusive("needs Linux and root");
        }

        var lab = new RedirectLab();
        try
        {
            await lab.BuildAsync();
            await startServer(lab);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }

        return lab;
    }

    /// <summary>Starts an engine in the apps' namespace. Words: <c>name=x</c>, <c>path=glob</c>, <c>argument=x</c>, <c>all</c>, <c>no-v6</c>.</summary>
    internal Task<RedirectHostProcess> StartHostAsync(params string[] words) =>
        RedirectHostProcess.StartAsync("nsenter", [$"--net=/run/netns/{Apps}", HostProgram, .. words]);

    internal Task<RedirectHostProcess> StartHostWithoutAsync(string capability, params string[] words) =>
        RedirectHostProcess.StartAsync("nsenter", [$"--net=/run/netns/{Apps}", "setpriv", $"--bounding-set=-{capability}", "--inh-caps=-all", HostProgram, .. words]);

    /// <summary>In a mount namespace of its own, where the cgroup2 hierarchy stands at its usual place, as on a system without cgroup1.</summary>
    internal Task<RedirectHostProcess> StartHostWithCgroup2Async(params string[] words) =>
        RedirectHostProcess.StartAsync("nsenter", [$"--net=/run/netns/{Apps}", "unshare", "-m", "sh", "-c",
            "mount -t cgroup2 none /sys/fs/cgroup && exec \"$0\" \"$@\"", HostProgram, .. words]);

    /// <summary>In a mount namespace of its own, without any cgroup2 hierarchy in sight.</summary>
    internal Task<RedirectHostProcess> StartHostWithoutCgroupAsync(params string[] words) =>
        RedirectHostProcess.StartAsync("nsenter", [$"--net=/run/netns/{Apps}", "unshare", "-m", "sh", "-c",
            "for m in $(awk '$3 == \"cgroup2\" { print $2 }' /proc/self/mounts); do umount \"$m\"; done; exec \"$0\" \"$@\"", HostProgram, .. words]);

    /// <summary>In a mount namespace of its own, where the kernel's settings cannot be written, as in a hardened service.</summary>
    internal Task<RedirectHostProcess> StartHostWithReadOnlySettingsAsync(params string[] words) =>
        RedirectHostProcess.StartAsync("nsenter", [$"--net=/run/netns/{Apps}", "unshare", "-m", "sh", "-c",
            "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec \"$0\" \"$@\"", HostProgram, .. words]);

    /// <summary>A copy of a program under another name.</summary>
    internal string Copy(string program, string name)
    {
        var copy = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(program, copy, overwrite: true);
        return copy;
    }

    /// <summary>Compiles the connect variants and puts them here under a name.</summary>
    internal async Task<string> CompileVariantsAsync(string name)
    {
        var program = Path.Combine(Folder, name);
        await Shell.RunAsync("gcc", "-O1", "-o", program, Path.Combine(AppContext.BaseDirectory, "Redirect", "connect_variants.c"));
        return program;
    }

    /// <summary>Sends first bytes to the server's echo (see <c>Hello</c> of the host program, whose words these are) and gives what became of them.</summary>
    internal Task<string> HelloAsync(string server, string first, params string[] how) => RunAsync(HostProgram, ["hello", $"{server}:8443", first, .. how]);

    internal Task<string> RunAsync(string program, params string[] arguments) => Shell.RunAsync("nsenter", [$"--net=/run/netns/{Apps}", program, .. arguments]);

    internal Task<string> RunInOtherNamespaceAsync(string program, params string[] arguments) =>
        Shell.RunAsync("nsenter", [$"--net=/run/netns/{Others}", program, .. arguments]);

    /// <summary>Sends megabytes over connections to the server's echo, and expects the same back.</summary>
    internal async Task TransferAsync(string server, int megabytes, int connections, params string[] options)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var (code, output, error) = await Shell.TryRunForAsync(
            TimeSpan.FromSeconds(120), "nsenter",
            [$"--net=/run/netns/{Apps}", HostProgram, "transfer", server, "8443", megabytes.ToString(culture), connections.ToString(culture), .. options]);
        Assert.AreEqual(0, code, error);
        Assert.AreEqual($"equal={connections}", output);
    }

    /// <summary>
    /// Lets a device of the apps' namespace lose one packet in a hundred each way, send one in a hundred twice, and one in ten later than
    /// those behind it (by a slow class of HTB). By nftables, since many kernels lack netem.
    /// </summary>
    internal async Task DisturbAsync(string device)
    {
        var rules = Path.Combine(Folder, $"{device}.nft");
        await File.WriteAllTextAsync(rules, $$"""
            table netdev disturb-{{device}} {
              chain leaving {
                type filter hook egress device "{{device}}" priority 0; policy accept;
                numgen random mod 100 < 1 counter drop
                numgen random mod 100 < 1 counter dup to "{{device}}"
                numgen random mod 10 < 1 counter meta priority set 1:2
              }
              chain arriving {
                type filter hook ingress device "{{device}}" priority 0; policy accept;
                numgen random mod 100 < 1 counter drop
              }
            }

            """);
        await Shell.RunAsync("tc", "-n", Apps, "qdisc", "replace", "dev", device, "root", "handle", "1:", "htb", "default", "1");
        await Shell.RunAsync("tc", "-n", Apps, "class", "add", "dev", device, "parent", "1:", "classid", "1:1", "htb", "rate", "10gbit", "burst", "1mb");
        await Shell.RunAsync("tc", "-n", Apps, "class", "add", "dev", device, "parent", "1:", "classid", "1:2", "htb", "rate", "40mbit", "burst", "64kb");
        await RunAsync("nft", "-f", rules);
    }

    /// <summary>Packets that were lost, repeated and put behind others at a device since <see cref="DisturbAsync"/>.</summary>
    internal async Task<long[]> DisturbedAsync(string device) => PacketCounts(await RunAsync("nft", "list", "table", "netdev", $"disturb-{device}"));

    /// <summary>Counts packets that leave by a device of the apps' namespace and match.</summary>
    internal Task<string> CountLeavingAsync(string device, string match) => RunAsync(
        "nft", $"table netdev watch-{device} {{ chain leaving {{ type filter hook egress device \"{device}\" priority 0; policy accept; {match} counter; }}; }}");

    /// <summary>How many there were since <see cref="CountLeavingAsync"/>.</summary>
    internal async Task<long> CountedAsync(string device) => PacketCounts(await RunAsync("nft", "list", "table", "netdev", $"watch-{device}")).Single();

    /// <summary>Runs a program of the system in the apps' namespace.</summary>
    internal Task<(int Code, string Output, string Error)> TryAsync(string program, params string[] arguments) =>
        Shell.TryRunAsync("nsenter", [$"--net=/run/netns/{Apps}", program, .. arguments]);

    /// <summary>Fetches from the server over IPv4 and expects its answer.</summary>
    internal async Task FetchAsync(string curl) => Assert.AreEqual("hello", await RunAsync(curl, "-s", "-m", "10", $"http://{ServerV4}:443/"));

    internal async Task<(int Code, string Output)> TryFetchAsync(string curl, int seconds)
    {
        var limit = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var (code, output, _) = await Shell.TryRunAsync("nsenter", $"--net=/run/netns/{Apps}", curl, "-s", "-m", limit, $"http://{ServerV4}:443/");
        return (code, output);
    }

    internal Process StartInApps(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("nsenter", [$"--net=/run/netns/{Apps}", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        foreach (var name in new[] { Apps, Server, Others })
        {
            // What a failed test left running in the namespaces goes with them.
            var (_, pids, _) = await Shell.TryRunAsync("ip", "netns", "pids", name);
            if (pids.Length > 0)
            {
                await Shell.TryRunAsync("kill", ["-KILL", .. pids.Split('\n')]);
            }

            await Shell.TryRunAsync("ip", "netns", "del", name);
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static long[] PacketCounts(string listing) =>
        [.. System.Text.RegularExpressions.Regex.Matches(listing, @"counter packets (\d+)")
            .Select(match => long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];

    private async Task BuildAsync()
    {
        foreach (var name in new[] { Apps, Server, Others })
        {
            await Shell.RunAsync("ip", "netns", "add", name);
            await Shell.RunAsync("ip", "-n", name, "link", "set", "lo", "up");
        }

        await ConnectAsync(Apps, AppDevice, AppV4, AppV6, "akr1", "10.77.0.2", "fd77::2");
        await ConnectAsync(Others, "akr2", "10.78.0.1", "fd78::1", "akr3", "10.78.0.2", "fd78::2");
        await Shell.RunAsync("ip", "-n", Server, "addr", "add", ServerV4 + "/32", "dev", "lo");
        await Shell.RunAsync("ip", "-n", Server, "addr", "add", ServerV6 + "/128", "dev", "lo");
    }

    private async Task StartServerAsync(string[] command)
    {
        // Its input stays open as long as this process lives, and a server that is left alone ends by it.
        _server = Process.Start(new ProcessStartInfo("nsenter", [$"--net=/run/netns/{Server}", .. command]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.AreEqual("READY", await _server.StandardOutput.ReadLineAsync());
    }

    private async Task ConnectAsync(string from, string device, string v4, string v6, string serverDevice, string serverV4, string serverV6)
    {
        await Shell.RunAsync("ip", "link", "add", device, "netns", from, "type", "veth", "peer", "name", serverDevice, "netns", Server);
        foreach (var (ns, dev, a4, a6) in new[] { (from, device, v4, v6), (Server, serverDevice, serverV4, serverV6) })
        {
            await Shell.RunAsync("ip", "-n", ns, "addr", "add", a4 + "/24", "dev", dev);
            await Shell.RunAsync("ip", "-n", ns, "addr", "add", a6 + "/64", "dev", dev, "nodad");
            await Shell.RunAsync("ip", "-n", ns, "link", "set", dev, "up");
        }

        await Shell.RunAsync("ip", "-n", from, "route", "add", "default", "via", serverV4);
        await Shell.RunAsync("ip", "-n", from, "-6", "route", "add", "default", "via", serverV6);
    }
}
