using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace AktoDivert.WineTests;

/// <summary>
/// A Windows machine that is played by Wine in a network namespace, and an Internet in another one. The packets of Linux programs in the first
/// go through the stand-in for WinDivert.dll, see native/windivert-standin.
/// </summary>
internal sealed class WineMachine : IAsyncDisposable
{
    /// <summary>Addresses of the Internet's server.</summary>
    public const string Server = "198.51.100.10";

    /// <summary>Port on which the stand-in takes socket events.</summary>
    public const int EventPort = 40_999;

    private const string Apps = "akd-wine-apps";
    private const string Internet = "akd-wine-net";

    // A program takes a second to start on a quiet machine, and the self test, which starts one, is repeated every half minute.
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly string Root = Environment.GetEnvironmentVariable("WINE_ROOT") ?? "";
    private static readonly string Repository = FindRepository();

    private readonly string _prefix = "test" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
    private readonly string _shared = Directory.CreateTempSubdirectory("aktodivert-wine-").FullName;
    private RunningProgram? _holder;

    /// <summary>Folder on Linux that Windows programs see as <c>Z:\out</c>.</summary>
    public string Shared => _shared;

    /// <summary>PEM file of the server's self-signed certificate.</summary>
    public string Certificate => Path.Combine(_shared, "server.pem");

    /// <summary>A program of this test.</summary>
    public static string Program(string name) => Path.Combine(AppContext.BaseDirectory, "Programs", name);

    /// <summary>Makes namespaces and prefix, and copies the published agent with the stand-in in the place of the driver.</summary>
    public static async Task<WineMachine> CreateAsync()
    {
        if (Root.Length == 0)
        {
            Assert.Inconclusive("WINE_ROOT names no Wine; call ./test.sh --windows");
        }

        var machine = new WineMachine();
        await machine.MakeNetworkAsync();
        await Tool.RunAsync("cp", "-a", $"{Root}/prefix/default", $"{Root}/prefix/{machine._prefix}");
        await machine.InstallAgentAsync();
        await machine.RunAsync("--boot");
        return machine;
    }

    /// <summary>Starts a Windows program in the machine's namespace.</summary>
    public RunningProgram Start(IReadOnlyDictionary<string, string> environment, string program, params string[] arguments) =>
        RunningProgram.Start("ip", Arguments(environment, program, arguments));

    /// <summary>Runs a Windows program to its end.</summary>
    public Task<(int Code, string Output, string Error)> RunAsync(string program, params string[] arguments) =>
        Tool.TryRunAsync("ip", Arguments(new Dictionary<string, string>(), program, arguments));

    /// <summary>
    /// Makes the agent's folder one that only the system may change. Wine makes a folder's access list from its Unix mode: without rights of
    /// its owner only SYSTEM's are left, and we are root.
    /// </summary>
    public Task CloseAgentFolderAsync() => Tool.RunAsync("chmod", "0005", Path.Combine(_shared, "agent"));

    /// <summary>The Linux process of a Windows program whose command line ends so; null when there is none.</summary>
    public static async Task<Process?> FindAsync(string commandLineEnd)
    {
        foreach (var pid in (await Tool.RunAsync("ip", "netns", "pids", Apps)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var file = $"/proc/{pid}/cmdline";
            if (File.Exists(file) && (await File.ReadAllTextAsync(file)).TrimEnd('\0').Replace('\0', ' ').EndsWith(commandLineEnd, StringComparison.Ordinal))
            {
                return Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
            }
        }

        return null;
    }

    /// <summary>Runs a Linux program in the machine's namespace.</summary>
    public static Task<string> RunOnLinuxAsync(params string[] command) => Tool.RunAsync("ip", ["netns", "exec", Apps, .. command]);

    /// <summary>Connects to the server, as a Windows process or as nobody's (0), with a number of connections at once.</summary>
    public async Task<IReadOnlyList<ClientResult>> ConnectAsync(int pid, string host, int up, int down, int count) =>
        ClientResult.Parse(await RunOnLinuxAsync(
            "python3", Program("client.py"), Text(pid), Server, host, Certificate, Text(up), Text(down), Text(count), Text(EventPort)));

    /// <summary>Starts the agent and waits until it redirects.</summary>
    public Task<RunningProgram> StartAgentAsync() => StartAgentAsync("redirect engine windivert active");

    /// <summary>Starts the agent and waits until it wrote a text.</summary>
    public async Task<RunningProgram> StartAgentAsync(string awaited)
    {
        var agent = Start(
            new Dictionary<string, string>
            {
                ["WINDIVERT_STANDIN"] = $"app0 wire0 /proc/{_holder!.Id.ToString(CultureInfo.InvariantCulture)}/ns/net {EventPort.ToString(CultureInfo.InvariantCulture)}",
            },
            @"Z:\out\agent\aktodivert.exe", "run");
        try
        {
            // The library opens the devices when the agent opens its first handle.
            await agent.WaitForAsync("The proxy listens", StartLimit);
            await AddressAsync(Apps, "app0", "10.77.0.2/24");
            await AddressAsync(Internet, "wire0", "10.77.0.1/24");
            await Tool.RunAsync("ip", "-n", Apps, "route", "add", "default", "dev", "app0");
            await agent.WaitForAsync(awaited, StartLimit);
            return agent;
        }
        catch (AssertFailedException)
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the TLS server of the Internet.</summary>
    public async Task<RunningProgram> StartServerAsync(string host)
    {
        await Tool.RunAsync(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", $"/CN={host}", "-addext", $"subjectAltName=DNS:{host}",
            "-keyout", Path.Combine(_shared, "server.key"), "-out", Certificate);
        var server = RunningProgram.Start("ip", "netns", "exec", Internet, "python3", Program("server.py"), Certificate, Path.Combine(_shared, "server.key"), Server);
        await server.WaitForAsync("ready", TimeSpan.FromSeconds(30));
        return server;
    }

    /// <summary>Starts a Windows process that only waits, under a name, and gives its process id.</summary>
    public async Task<(RunningProgram Program, int Pid)> StartAppAsync(string name)
    {
        File.Copy(Path.Combine(_shared, "waiter.exe"), Path.Combine(_shared, name), overwrite: true);
        var app = Start(new Dictionary<string, string>(), $@"Z:\out\{name}");
        return (app, int.Parse((await app.WaitForAsync("pid ", StartLimit))["pid ".Length..].Trim(), CultureInfo.InvariantCulture));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Wine's own programs outlive the last program for a while, and hold prefix and namespace.
        var (_, pids, _) = await Tool.TryRunAsync("ip", "netns", "pids", Apps);
        foreach (var pid in pids.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await Tool.TryRunAsync("kill", "-9", pid);
        }

        if (_holder is not null)
        {
            await _holder.DisposeAsync();
        }

        await Tool.TryRunAsync("ip", "netns", "del", Apps);
        await Tool.TryRunAsync("ip", "netns", "del", Internet);
        Directory.Delete($"{Root}/prefix/{_prefix}", recursive: true);
        Directory.Delete(_shared, recursive: true);
    }

    private static async Task AddressAsync(string space, string device, string address)
    {
        // Each attempt takes some milliseconds.
        for (var attempt = 0; attempt < 3000; attempt++)
        {
            if ((await Tool.TryRunAsync("ip", "-n", space, "link", "set", device, "up")).Code == 0)
            {
                await Tool.RunAsync("ip", "-n", space, "addr", "add", address, "dev", device);
                return;
            }
        }

        Assert.Fail($"{device} did not appear in {space}: the stand-in was not opened");
    }

    private async Task MakeNetworkAsync()
    {
        foreach (var space in new[] { Apps, Internet })
        {
            await Tool.TryRunAsync("ip", "netns", "del", space);
            await Tool.RunAsync("ip", "netns", "add", space);
            await Tool.RunAsync("ip", "-n", space, "link", "set", "lo", "up");
        }

        await Tool.RunAsync("ip", "-n", Internet, "addr", "add", $"{Server}/32", "dev", "lo");

        // The ports that Windows gives out by itself. Linux' own range holds those of the proxy, whose connections the engine leaves alone.
        await Tool.RunAsync("ip", "netns", "exec", Apps, "sh", "-c", "echo 49152 65535 > /proc/sys/net/ipv4/ip_local_port_range");

        // Its /proc entry is how the stand-in finds the other namespace from inside Wine's root.
        _holder = RunningProgram.Start("ip", "netns", "exec", Internet, "cat");
    }

    private async Task InstallAgentAsync()
    {
        var agent = Path.Combine(_shared, "agent");
        await Tool.RunAsync("cp", "-r", Path.Combine(Repository, "artifacts/publish/AktoDivert.Agent/win-x64"), agent);
        await Tool.RunAsync("make", "-s", "-C", Path.Combine(Repository, "native/windivert-standin"), $"OUT={_shared}");
        File.Copy(Path.Combine(_shared, "WinDivert.dll"), Path.Combine(agent, "WinDivert.dll"), overwrite: true);
        await File.WriteAllTextAsync(Path.Combine(agent, "WinDivert64.sys"), "the stand-in has no driver");
        var files = new[] { "WinDivert.dll", "WinDivert64.sys" }.Select(name => new
        {
            name, sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(agent, name)))),
        });
        await File.WriteAllTextAsync(Path.Combine(agent, "windivert.lock.json"), JsonSerializer.Serialize(new { version = "2.2.2", files }));
    }

    private string[] Arguments(IReadOnlyDictionary<string, string> environment, string program, string[] arguments) =>
    [
        "netns", "exec", Apps, "env", $"WINE_ROOT={Root}", $"WINE_OUT={_shared}", $"WINE_PREFIX={_prefix}",
        .. environment.Select(variable => $"WINE_SET_{variable.Key}={variable.Value}"),
        Path.Combine(Repository, "tools/wine/wine.sh"), program, .. arguments,
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "AktoDivert.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
