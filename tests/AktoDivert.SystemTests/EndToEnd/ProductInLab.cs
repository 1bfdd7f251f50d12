using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Explaining;
using AktoDivert.Agent.Hosting;
using AktoDivert.Core.Wire;
using AktoDivert.Lab;
using AktoDivert.Lab.Check;
using AktoDivert.Lab.Clients;
using AktoDivert.Lab.Demo;
using AktoDivert.Lab.Execution;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>The built agent and console in the lab, and every way a test looks at them. Disposing it leaves nothing behind.</summary>
internal sealed class ProductInLab : IAsyncDisposable
{
    private static readonly TimeSpan LabMayBeTaken = TimeSpan.FromMinutes(4);

    private readonly HttpClient _console;

    private ProductInLab(DemoInstance demo)
    {
        Demo = demo;
        Seen = new AgentAndConsole(demo.AgentSocket, demo.ConsoleAddress, demo.AdminToken);
        _console = new HttpClient { BaseAddress = demo.ConsoleAddress, Timeout = TimeSpan.FromSeconds(10) };
        _console.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", demo.AdminToken);
    }

    public static LabPaths Paths { get; } = new(LabPaths.DefaultRun, LabPaths.DefaultCache);

    public static string RepositoryRoot { get; } = FindRoot();

    /// <summary>The agent's program: the one that ships, as test.sh publishes it, or else the one that was built.</summary>
    public static string Agent { get; } = Environment.GetEnvironmentVariable("AKTODIVERT_AGENT") ?? Built("src/AktoDivert.Agent", "aktodivert");

    public static string Console { get; } = Built("src/AktoDivert.Console", "aktodivert-console");

    public static string Lab { get; } = Built("tools/AktoDivert.Lab", "aktodivert-lab");

    public DemoInstance Demo { get; }

    public AgentAndConsole Seen { get; }

    /// <summary>Starts everything; waits while another lab runs on the machine.</summary>
    /// <param name="cancellation">Ends the start.</param>
    /// <param name="database">Connection string of a PostgreSQL database for the console; null for its own file.</param>
    public static async Task<ProductInLab> StartAsync(CancellationToken cancellation, string? database = null)
    {
        await ClientPrograms.InstallAsync(Paths, cancellation);
        var demo = await WhenLabIsFreeAsync(() => DemoInstance.StartAsync(Paths, new DemoPrograms(Agent, Console, 0, database), _ => { }, cancellation), cancellation);
        var product = new ProductInLab(demo);
        try
        {
            await product.CopyTestAppsAsync(cancellation);
            return product;
        }
        catch
        {
            await product.DisposeAsync();
            throw;
        }
    }

    /// <summary>Repeats <paramref name="start"/> while another lab holds the machine.</summary>
    public static async Task<T> WhenLabIsFreeAsync<T>(Func<Task<T>> start, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(LabMayBeTaken);
        while (true)
        {
            try
            {
                return await start();
            }
            catch (LabException taken) when (taken.Message.Contains("already runs", StringComparison.Ordinal) && !limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _console.Dispose();
        Seen.Dispose();
        await Demo.DisposeAsync();
    }

    /// <summary>Runs a program as the signed-in employee.</summary>
    public Task<ChildResult> EmployeeAsync(CancellationToken cancellation, params string[] command) =>
        ChildProcess.RunAsync(Demo.Pc.AsEmployee(command), TimeSpan.FromSeconds(40), cancellation);

    /// <summary>The command line that runs a script of <c>Apps/</c> as the employee; <paramref name="variables"/> besides what Node clients of the lab get.</summary>
    public IReadOnlyList<string> ScriptCommand(string script, IEnumerable<string> arguments, params IEnumerable<KeyValuePair<string, string>> variables) => Demo.Pc.AsEmployee(
        ["node", $"{TestApps}/{script}", .. arguments],
        new Dictionary<string, string>(
        [
            // Node carries the public CAs inside; the lab's upstream CA stands in their place.
            new("NODE_OPTIONS", "--use-openssl-ca"), new("SSL_CERT_FILE", Paths.UpstreamCertificate), new("SSL_CERT_DIR", "/nonexistent"),
            new("LAB_MODULES", Paths.NodeModules), .. variables,
        ]));

    /// <summary>What a script of <c>Apps/</c> printed, trimmed.</summary>
    public async Task<string> ScriptAsync(string script, CancellationToken cancellation, params string[] arguments)
    {
        var result = await ChildProcess.RunAsync(ScriptCommand(script, arguments), TimeSpan.FromSeconds(40), cancellation);
        return (result.Output + result.Error).Trim();
    }

    /// <summary>curl as the employee, quiet; its exit code and what it printed.</summary>
    public Task<ChildResult> CurlAsync(CancellationToken cancellation, params string[] arguments) =>
        EmployeeAsync(cancellation, ["curl", "-sS", "--max-time", "20", .. arguments]);

    public async Task<StatusReport> StatusAsync(CancellationToken cancellation) =>
        (await AskAsync(new ControlRequest { Op = ControlOps.Status }, cancellation)).Status!;

    public async Task<ControlResponse> AskAsync(ControlRequest request, CancellationToken cancellation)
    {
        await using var agent = await ControlClient.ConnectAsync(Demo.AgentSocket, cancellation);
        return await agent.AskAsync(request, cancellation);
    }

    /// <summary>Flows to a host that the agent took since <paramref name="since"/>, oldest first.</summary>
    public async Task<IReadOnlyList<FlowRecord>> FlowsAsync(string host, DateTimeOffset since, CancellationToken cancellation) =>
        [.. (await AskAsync(new ControlRequest { Op = ControlOps.Flows }, cancellation)).Flows!.Where(flow => flow.Host == host && flow.Started >= since)];

    /// <summary>The last flow to a host since <paramref name="since"/>, once it has ended: an app may know of the end before the agent has noted it.</summary>
    public async Task<FlowRecord> EndedFlowAsync(string host, DateTimeOffset since, CancellationToken cancellation)
    {
        FlowRecord? flow = null;
        await Until.TrueAsync(
            async () => (flow = await FlowsAsync(host, since, cancellation) is [.., var last] ? last : null)?.Ended is not null,
            TimeSpan.FromSeconds(10),
            () => flow is null ? $"no flow to {host}" : $"the flow to {host} has not ended",
            cancellation);
        return flow!;
    }

    /// <summary>Recorded calls whose path holds <paramref name="mark"/>, once there are <paramref name="count"/> of them.</summary>
    public async Task<IReadOnlyList<SeenCall>> RecordedAsync(string mark, int count, TimeSpan limit, CancellationToken cancellation)
    {
        IReadOnlyList<SeenCall> calls = [];
        await Until.TrueAsync(
            async () => (calls = [.. (await Seen.CallsAsync(0, cancellation)).Where(call => call.Path.Contains(mark, StringComparison.Ordinal))]).Count >= count,
            limit,
            () => $"{calls.Count} of {count} calls with {mark} recorded",
            cancellation);
        return calls;
    }

    /// <summary>What the policy in force does with a process and a host, asked of the running agent.</summary>
    public async Task<Explanation> ExplainAsync(string process, string host, CancellationToken cancellation) =>
        (await AskAsync(new ControlRequest { Op = ControlOps.Explain, Process = process, Target = host }, cancellation)).Explanation!;

    /// <summary>A GET of the console's admin API.</summary>
    public async Task<JsonElement> ConsoleAsync(string path, CancellationToken cancellation) => await _console.GetFromJsonAsync<JsonElement>(path, cancellation);

    /// <summary>Saves a Proxy Pattern in the console.</summary>
    public async Task PutPatternAsync(string pattern, bool mode, CancellationToken cancellation) =>
        (await _console.PostAsJsonAsync("/api/admin/patterns", new { pattern, mode }, cancellation)).EnsureSuccessStatusCode();

    /// <summary>Removes a Proxy Pattern from the console.</summary>
    public async Task DeletePatternAsync(string pattern, CancellationToken cancellation) =>
        (await _console.DeleteAsync(new Uri($"/api/admin/patterns?pattern={Uri.EscapeDataString(pattern)}", UriKind.Relative), cancellation)).EnsureSuccessStatusCode();

    /// <summary>Sends a signal to the running agent.</summary>
    public static Task SignalAsync(int pid, string signal) => ChildProcess.RequireAsync("kill", $"-{signal}", pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>The employee's folder of test scripts. The agent's selection goes by its name.</summary>
    private static string TestApps => $"{Paths.EmployeeHome}/test-apps";

    private async Task CopyTestAppsAsync(CancellationToken cancellation)
    {
        await ChildProcess.RequireAsync([.. Demo.Pc.AsEmployee(["mkdir", "-p", TestApps])]);
        foreach (var script in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "EndToEnd/Apps")))
        {
            await File.WriteAllTextAsync($"{Demo.Pc.Root}{TestApps}/{Path.GetFileName(script)}", await File.ReadAllTextAsync(script, cancellation), cancellation);
        }
    }

    private static string Built(string project, string program)
    {
        var configuration = typeof(ProductInLab).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
        return Path.Combine(RepositoryRoot, project, "bin", configuration, "net10.0", program);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AktoDivert.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("AktoDivert.sln stands in no folder above the test binaries.");
    }
}
