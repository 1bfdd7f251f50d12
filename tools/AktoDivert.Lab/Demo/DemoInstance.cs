using System.Text.Json;
using System.Text.Json.Nodes;
using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Network;

namespace AktoDivert.Lab.Demo;

/// <summary>
/// Console on the host, lab, and the agent on the lab's pc with its CA installed there, all of it running. The pc reaches the console over
/// a unix socket, so the host's network is not touched. Disposing it leaves nothing behind.
/// </summary>
internal sealed class DemoInstance : IAsyncDisposable
{
    private readonly LabPaths _paths;
    private readonly DemoPrograms _programs;
    private readonly LabInstance _lab;
    private Service? _console;
    private Service? _agent;

    private DemoInstance(LabPaths paths, DemoPrograms programs, LabInstance lab)
    {
        _paths = paths;
        _programs = programs;
        _lab = lab;
        Pc = EmployeePc.Open(paths);
    }

    /// <summary>The lab's pc.</summary>
    public EmployeePc Pc { get; }

    /// <summary>The lab itself.</summary>
    public LabInstance Lab => _lab;

    /// <summary>Base address of the console.</summary>
    public Uri ConsoleAddress { get; private set; } = new("http://127.0.0.1");

    /// <summary>One-time link a person signs in with.</summary>
    public string SignInLink { get; private set; } = "";

    /// <summary>Admin token of the console, for the check.</summary>
    public string AdminToken { get; private set; } = "";

    /// <summary>Control socket of the agent.</summary>
    public string AgentSocket => Path.Combine(Folder, "control.sock");

    /// <summary>Configuration file of the agent.</summary>
    public string AgentConfiguration => Path.Combine(Folder, "agent.json");

    /// <summary>File of guardrail policies that the agent reads, at first without any.</summary>
    public string Guardrails => Path.Combine(Folder, "guardrails.json");

    private string Folder => Path.Combine(_paths.Run, "demo");

    private string ConsoleData => Path.Combine(Folder, "console");

    private string[] Database => _programs.Database is { } database ? ["--database", database] : [];

    private string ConsoleSocket => Path.Combine(Folder, "console.sock");

    /// <summary>Starts everything, saying each step.</summary>
    public static async Task<DemoInstance> StartAsync(LabPaths paths, DemoPrograms programs, Action<string> progress, CancellationToken cancellation)
    {
        progress("making the namespaces and starting the AI services");
        var demo = new DemoInstance(paths, programs, await LabInstance.StartAsync(paths));
        try
        {
            Directory.CreateDirectory(demo.Folder);
            progress("starting the console");
            await demo.StartConsoleAsync(cancellation);
            progress("enrolling the agent and installing its CA on the lab's pc");
            await demo.PrepareAgentAsync(cancellation);
            progress("starting the agent");
            await demo.StartAgentAsync(cancellation);
            return demo;
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command of the agent on the pc.</summary>
    /// <exception cref="LabException">It failed.</exception>
    public async Task<string> AgentCommandAsync(CancellationToken cancellation, params string[] arguments)
    {
        var result = await ChildProcess.RunAsync(Pc.AsRoot([_programs.Agent, "--config", AgentConfiguration, .. arguments]), TimeSpan.FromSeconds(90), cancellation);
        return result.ExitCode == 0
            ? result.Output
            : throw new LabException($"aktodivert {arguments[0]} failed with {result.ExitCode}: {(result.Error + result.Output).Trim()}");
    }

    /// <summary>Starts the console; used again after <see cref="StopConsoleAsync"/>, it keeps its address and its data.</summary>
    public async Task StartConsoleAsync(CancellationToken cancellation)
    {
        var port = ConsoleAddress.IsDefaultPort ? _programs.Port : ConsoleAddress.Port;
        _console = await Service.StartAsync(
            "aktodivert-console",
            [_programs.Console, "--data", ConsoleData, "--urls", $"http://127.0.0.1:{port}", "--socket", ConsoleSocket, "--print-sign-in-link", .. Database],
            Path.Combine(Folder, "console.log"),
            (service, _) => Task.FromResult(service.Lines.Any(line => line.StartsWith("sign in once with ", StringComparison.Ordinal))),
            TimeSpan.FromSeconds(60),
            cancellation);
        ConsoleAddress = new Uri(After("console listening on "));
        SignInLink = After("sign in once with ");
        AdminToken = AdminToken.Length > 0 ? AdminToken : await ConsoleTokenAsync("admin-token", cancellation);
    }

    /// <summary>Stops the console alone.</summary>
    public async Task StopConsoleAsync()
    {
        if (_console is not null)
        {
            await _console.DisposeAsync();
            _console = null;
        }
    }

    /// <summary>Starts the agent and waits until it redirects.</summary>
    public async Task StartAgentAsync(CancellationToken cancellation) => _agent = await Service.StartAsync(
        "aktodivert",
        Pc.AsRoot([_programs.Agent, "--config", AgentConfiguration, "run"]),
        Path.Combine(Folder, "agent.log"),
        async (_, token) => await EngineStateAsync(token) == "Active",
        TimeSpan.FromSeconds(60),
        cancellation);

    /// <summary>Stops the agent in order.</summary>
    public async Task StopAgentAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
            _agent = null;
        }
    }

    /// <summary>Completes when a part of the demo ends by itself, or at the signal.</summary>
    public Task WaitForEndAsync(CancellationToken cancellation) => _lab.WaitForEndAsync(cancellation);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAgentAsync();
        await StopConsoleAsync();
        await _lab.DisposeAsync();
    }

    private async Task PrepareAgentAsync(CancellationToken cancellation)
    {
        var shipped = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "lab-agent.json"), cancellation);
        var configuration = JsonNode.Parse(shipped, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        configuration["stateDirectory"] = Path.Combine(Folder, "agent");
        configuration["controlSocket"] = AgentSocket;
        configuration["guard"] = new JsonObject { ["policies"] = Guardrails };
        await File.WriteAllTextAsync(Guardrails, """{"policies":[]}""", cancellation);
        configuration["console"] = new JsonObject { ["socket"] = ConsoleSocket };
        configuration["device"] = new JsonObject { ["label"] = "lab-pc", ["user"] = "employee" };
        await File.WriteAllTextAsync(AgentConfiguration, configuration.ToJsonString(), cancellation);
        var token = await ConsoleTokenAsync("enrolment-token", cancellation);
        await AgentCommandAsync(cancellation, "enrol", ConsoleAddress.GetLeftPart(UriPartial.Authority), token);
        await AgentCommandAsync(cancellation, "trust", "install");
    }

    private async Task<string> EngineStateAsync(CancellationToken cancellation)
    {
        var result = await ChildProcess.RunAsync(Pc.AsRoot([_programs.Agent, "--config", AgentConfiguration, "status", "--json"]), TimeSpan.FromSeconds(20), cancellation);
        return result.ExitCode == 0 ? JsonNode.Parse(result.Output)?["engine"]?["state"]?.GetValue<string>() ?? "" : "";
    }

    private async Task<string> ConsoleTokenAsync(string command, CancellationToken cancellation)
    {
        var result = await ChildProcess.RunAsync([_programs.Console, command, "--data", ConsoleData, .. Database], TimeSpan.FromSeconds(90), cancellation);
        return result.ExitCode == 0 ? result.Output.Trim() : throw new LabException($"aktodivert-console {command} failed: {result.Error.Trim()}");
    }

    private string After(string prefix) => _console!.Lines.First(line => line.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..].Trim();
}
