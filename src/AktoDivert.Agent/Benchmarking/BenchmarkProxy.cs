using System.Net;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Hosting;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Proxy;
using AktoDivert.Proxy.Intercept.Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Benchmarking;

/// <summary>
/// The agent as it ships, in a process of its own so that its CPU time is its own, with two things replaced: the redirect engine, and the
/// state directory.
/// </summary>
/// <param name="folder">Folder of <see cref="BenchmarkCertificates"/>; the state goes below it.</param>
/// <param name="upstream">Port on 127.0.0.1 of the server.</param>
/// <param name="console">Standard input takes commands, standard output answers.</param>
internal sealed class BenchmarkProxy(string folder, int upstream, AgentConsole console)
{
    /// <summary>The certificate of the device CA, PEM, once the proxy said that it is ready.</summary>
    public static string DeviceRootFile(string folder) => Path.Combine(folder, "device-root.pem");

    /// <summary>Where records go; null for nowhere: calls stay in the ring as they were captured, until newer ones take their place.</summary>
    public Uri? ConsoleUrl { get; init; }

    /// <summary>More Proxy Patterns than the one that is needed, to see what many of them cost.</summary>
    public int ExtraPatterns { get; init; }

    /// <summary>A file of guardrail policies; null for none.</summary>
    public string? GuardPoliciesFile { get; init; }

    /// <summary>Name of the state folder, to start again with what an earlier proxy left; null for a new one.</summary>
    public string? StateName { get; init; }

    /// <summary>Registers further services in place of the agent's; null for none.</summary>
    public Action<IServiceCollection>? Replace { get; init; }

    /// <summary>
    /// Runs until standard input ends. Writes <c>READY port</c>, then answers each <see cref="BenchmarkStat.Command"/>.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var state = Path.Combine(folder, StateName ?? $"state-{Environment.ProcessId}");
        var options = new AgentOptions
        {
            StateDirectory = state,
            ControlSocket = Path.Combine(state, "control.sock"),
            LogLevel = LogLevel.Error,
            Policy = new PolicySection { Patterns = [Intercept(BenchmarkCertificates.Host), .. Enumerable.Range(0, ExtraPatterns).Select(Extra)] },
            Console = new ConsoleSection { Url = ConsoleUrl },
            Guard = new GuardSection { PoliciesFile = GuardPoliciesFile },
            Proxy = new ProxySection { ExtraRootsFile = BenchmarkCertificates.RootFile(folder) },
        };
        using var only = InstanceLock.Take(options);
        using var host = AgentHost.Build(options, console, replace: services =>
        {
            services.AddSingleton<IFlowRedirector>(new SingleDestinationRedirector(new IPEndPoint(IPAddress.Loopback, upstream)));
            Replace?.Invoke(services);
        });
        await host.StartAsync(cancellationToken);
        var root = host.Services.GetRequiredService<DeviceAuthority>().Root!;
        await File.WriteAllTextAsync(DeviceRootFile(folder), root.ExportCertificatePem(), cancellationToken);
        Say($"READY {host.Services.GetRequiredService<TransparentProxy>().PortV4}");
        var counters = host.Services.GetRequiredService<AgentCounters>();
        var upload = host.Services.GetRequiredService<UploadProgress>();
        while (await console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == BenchmarkStat.Command)
            {
                Say(BenchmarkStat.Read(counters["capture.recorded"], upload.Read().RingRecords).ToString());
            }
        }

        await host.StopAsync(CancellationToken.None);
    }

    private void Say(string line)
    {
        console.WriteLine(line);
        console.Out.Flush();
    }

    private static ProxyPattern Intercept(string pattern) => new() { Pattern = pattern, Intercept = true };

    // Hosts, domains and globs in equal parts, that decide nothing here.
    private static ProxyPattern Extra(int i) => new()
    {
        Pattern = (i % 3) switch { 0 => $"h{i}.example", 1 => $".d{i}.example", _ => $"*.g{i}.*" },
        Intercept = false,
    };
}
