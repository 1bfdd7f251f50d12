using System.Globalization;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.SideBySide.Results;
using Microsoft.AspNetCore.Builder;

namespace AktoDivert.SideBySide.Peers;

/// <summary>
/// The server behind everything and the peers before it, each started when it is first asked for. A peer that cannot run is remembered with
/// the reason, for the report.
/// </summary>
internal sealed class PeerSet : IAsyncDisposable
{
    private readonly List<IDisposable> _running = [];
    private readonly Dictionary<string, Peer?> _peers = [];
    private readonly Dictionary<string, BenchmarkProcess> _ownProcesses = [];
    private readonly string _agent;
    private WebApplication? _server;
    private BenchmarkConsole? _console;
    private int _rawPort;

    private readonly Findings _findings;

    private PeerSet(string folder, string agent, Findings findings) => (Folder, _agent, _findings) = (folder, agent, findings);

    /// <summary>Certificates, configurations and state; deleted at the end.</summary>
    public string Folder { get; }

    /// <summary>Port of the TLS server itself.</summary>
    public int UpstreamPort { get; private set; }

    /// <summary>Starts the servers.</summary>
    /// <param name="agent">The agent's program.</param>
    /// <param name="findings">Told of peers that cannot run here.</param>
    public static async Task<PeerSet> StartAsync(string agent, Findings findings)
    {
        var set = new PeerSet(Directory.CreateTempSubdirectory("aktodivert-benchmark-").FullName, agent, findings);
        BenchmarkCertificates.Write(set.Folder, TimeProvider.System);
        (set._server, set.UpstreamPort) = await BenchmarkUpstream.StartAsync(set.Folder);
        return set;
    }

    /// <summary>A peer, started if need be; null when it cannot run here.</summary>
    public async Task<Peer?> FindAsync(string name)
    {
        if (_peers.TryGetValue(name, out var known))
        {
            return known;
        }

        try
        {
            await LaunchAsync(name);
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception or IOException)
        {
            _findings.Miss($"everything against {name}", fault.Message);
            _peers[name] = null;
        }

        return _peers[name];
    }

    /// <summary>The process of one of our own peers, which tells what it allocated.</summary>
    public BenchmarkProcess Own(string name) => _ownProcesses[name];

    /// <summary>Starts another agent, the caller's to end.</summary>
    /// <param name="state">Name of its state folder, to start again with what an earlier one left; null for a new one.</param>
    public Task<BenchmarkProcess> StartAgentAsync(string? state = null) => StartAgentAsync(UpstreamPort, state);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var running in Enumerable.Reverse(_running))
        {
            running.Dispose();
        }

        await _server!.DisposeAsync();
        if (_console is not null)
        {
            await _console.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private Task LaunchAsync(string name) => name switch
    {
        PeerName.AktoDivert => AddOwnAsync(name, StartAgentAsync(UpstreamPort)),
        PeerName.Uploading => StartUploadingAsync(),
        PeerName.Tunnel => StartTunnelAsync(),
        PeerName.DefaultKnobs => AddOwnAsync(name, HostAsync("on", 0, ("AKTODIVERT_SOCKETS", "runtime"), ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "0"), ("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "46"))),
        PeerName.WithoutCapture => AddOwnAsync(name, HostAsync("off", 0, ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"))),
        PeerName.Guarded => AddOwnAsync(name, HostAsync("guarded", 0, ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"))),
        PeerName.ManyPatterns => AddOwnAsync(name, HostAsync("on", 10_000, ("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"))),
        PeerName.Forwarder => AddOwnAsync(name, StartSelfAsync(["forwarder", Folder, Text(UpstreamPort)])),
        PeerName.Nginx or PeerName.NginxNoReuse or PeerName.NginxStream => StartNginxAsync(),
        PeerName.Haproxy or PeerName.HaproxySplice => StartHaproxyAsync(),
        PeerName.Sslsplit => StartSslsplitAsync(),
        PeerName.Mitmproxy => StartMitmproxyAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such peer"),
    };

    private Task<BenchmarkProcess> StartAgentAsync(int upstream, string? state = null) =>
        StartAgentAsync(upstream, state is null ? (string[])[] : ["--state", state]);

    private Task<BenchmarkProcess> StartAgentAsync(int upstream, string[] more) => BenchmarkProcess.StartAsync(
        _agent, ["bench", "--part", "proxy", "--folder", Folder, "--upstream", Text(upstream), .. more], CancellationToken.None);

    private async Task StartUploadingAsync()
    {
        _console = await BenchmarkConsole.StartAsync();
        await AddOwnAsync(PeerName.Uploading, StartAgentAsync(UpstreamPort, ["--records", _console.Address.AbsoluteUri]));
        var process = Own(PeerName.Uploading);
        _peers[PeerName.Uploading] = _peers[PeerName.Uploading]! with
        {
            Finish = async () =>
            {
                while ((await process.StatAsync(CancellationToken.None)).Waiting > 0)
                {
                    await Task.Delay(20);
                }
            },
        };
    }

    private async Task StartTunnelAsync() => await AddOwnAsync(PeerName.Tunnel, StartAgentAsync(await RawPortAsync()));

    private Task<BenchmarkProcess> HostAsync(string capture, int patterns, params (string Name, string Value)[] environment) =>
        StartSelfAsync(["proxy", Folder, Text(UpstreamPort), capture, Text(patterns)], environment);

    private static Task<BenchmarkProcess> StartSelfAsync(string[] arguments, params (string Name, string Value)[] environment) =>
        BenchmarkProcess.StartAsync(
            Environment.ProcessPath!, arguments, CancellationToken.None, environment.ToDictionary(pair => pair.Name, pair => pair.Value));

    private async Task AddOwnAsync(string name, Task<BenchmarkProcess> starting)
    {
        var process = await starting;
        _running.Add(process);
        await Processes.EndStartAsync(process.Id);
        _ownProcesses[name] = process;
        _peers[name] = new Peer(name, process.Port, process.Id)
        {
            Compiling = async () => (await process.StatAsync(CancellationToken.None)).Compiling,
        };
    }

    private async Task StartNginxAsync()
    {
        var ports = ExternalProgram.FreePorts(3);
        var file = Path.Combine(Folder, "nginx.conf");
        await File.WriteAllTextAsync(file, NginxConfiguration.Write(Folder, UpstreamPort, await RawPortAsync(), (ports[0], ports[1], ports[2])));
        var nginx = Keep(await ExternalProgram.StartAsync("nginx", ["-c", file, "-e", Path.Combine(Folder, "nginx.log")], ports[0], ports[1]));
        _peers[PeerName.Nginx] = new(PeerName.Nginx, ports[0], nginx.Pid);
        _peers[PeerName.NginxNoReuse] = new(PeerName.NginxNoReuse, ports[1], nginx.Pid);
        _peers[PeerName.NginxStream] = NginxConfiguration.CanStream ? new(PeerName.NginxStream, ports[2], nginx.Pid) : null;
        if (!NginxConfiguration.CanStream)
        {
            _findings.Miss($"everything against {PeerName.NginxStream}", "the package libnginx-mod-stream is not installed");
        }
    }

    private async Task StartHaproxyAsync()
    {
        var ports = ExternalProgram.FreePorts(2);
        var pem = Path.Combine(Folder, "haproxy.pem");
        File.Copy(BenchmarkCertificates.ServerKeyFile(Folder), pem);
        await File.AppendAllTextAsync(pem, "\n" + await File.ReadAllTextAsync(BenchmarkCertificates.ServerFile(Folder)));
        var file = Path.Combine(Folder, "haproxy.cfg");
        await File.WriteAllTextAsync(file, HaproxyConfiguration.Write(Folder, UpstreamPort, await RawPortAsync(), (ports[0], ports[1])));
        var haproxy = Keep(await ExternalProgram.StartAsync("haproxy", ["-f", file, "-db"], ports));
        _peers[PeerName.Haproxy] = new(PeerName.Haproxy, ports[0], haproxy.Pid);
        _peers[PeerName.HaproxySplice] = new(PeerName.HaproxySplice, ports[1], haproxy.Pid);
    }

    private async Task StartSslsplitAsync()
    {
        var port = ExternalProgram.FreePorts(1)[0];
        var sslsplit = Keep(await ExternalProgram.StartAsync(
            "sslsplit",
            ["-D", "-k", BenchmarkCertificates.RootKeyFile(Folder), "-c", BenchmarkCertificates.RootFile(Folder), "ssl", "127.0.0.1", Text(port), "127.0.0.1", Text(UpstreamPort)],
            port));
        _peers[PeerName.Sslsplit] = new(PeerName.Sslsplit, port, sslsplit.Pid);
    }

    private async Task StartMitmproxyAsync()
    {
        var port = ExternalProgram.FreePorts(1)[0];
        var script = Path.Combine(Folder, "stream.py");
        await File.WriteAllTextAsync(script, MitmproxyScript.Text);
        var mitmproxy = Keep(await ExternalProgram.StartAsync(
            "mitmdump",
            [
                "--mode", $"reverse:https://127.0.0.1:{UpstreamPort}", "--listen-host", "127.0.0.1", "-p", Text(port), "--ssl-insecure",
                "--set", $"confdir={Path.Combine(Folder, "mitmproxy")}", "--set", "flow_detail=0", "--set", "termlog_verbosity=error",
                "--set", "connection_strategy=lazy", "--set", "keep_host_header=true", "-s", script,
            ],
            port));
        _peers[PeerName.Mitmproxy] = new(PeerName.Mitmproxy, port, mitmproxy.Pid);
    }

    /// <summary>The server of raw bytes, for tunnels; without it their ports answer nothing.</summary>
    private async Task<int> RawPortAsync()
    {
        if (_rawPort == 0)
        {
            _rawPort = ExternalProgram.FreePorts(1)[0];
            try
            {
                Keep(await ExternalProgram.StartAsync("iperf3", ["-s", "-B", "127.0.0.1", "-p", Text(_rawPort)]));
            }
            catch (InvalidOperationException fault)
            {
                _findings.Miss("bypassed flows (iperf3)", fault.Message);
            }
        }

        return _rawPort;
    }

    private ExternalProgram Keep(ExternalProgram program)
    {
        _running.Add(program);
        return program;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
