using System.Text.Json;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Control;

namespace AktoDivert.Tests.Agent;

/// <summary>A folder of its own for one test's agent, and commands that use it.</summary>
internal sealed class TemporaryState : IDisposable
{
    public TemporaryState()
    {
        Folder = Directory.CreateTempSubdirectory("aktodivert-test-").FullName;
        Options = new AgentOptions { StateDirectory = Path.Combine(Folder, "state"), ControlSocket = ControlAddressOf(Folder) };
        ConfigFile = Write("config.json", $$"""{ "stateDirectory": {{JsonSerializer.Serialize(Options.StateDirectory)}}, "controlSocket": {{JsonSerializer.Serialize(Options.ControlSocket)}}, "redirect": { "engine": "none" } }""");
    }

    public string Folder { get; }

    public AgentOptions Options { get; }

    public string ConfigFile { get; }

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name.TrimStart('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs a command as a program would, with this folder's configuration.</summary>
    public async Task<(int Code, string Out, string Error)> RunAsync(string[] args, bool privileged = true, string input = "", CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var reader = new StringReader(input);
        var console = new AgentConsole(output, error, isTerminal: false) { Environment = new Dictionary<string, string>(), IsPrivileged = privileged, In = reader };
        var code = await AktoDivert.Agent.AgentProgram.RunAsync([.. args, "--config", ConfigFile], console, cancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string ControlAddressOf(string folder) => OperatingSystem.IsWindows()
        ? ControlAddress.PipePrefix + Path.GetFileName(folder)
        : Path.Combine(folder, "run", "c.sock");
}
