using System.Text.Json.Nodes;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Control;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Wire;
using AktoDivert.Lab.Demo;
using AktoDivert.SystemTests.EndToEnd;

namespace AktoDivert.SystemTests.Redirect;

/// <summary>The built agent in the apps' namespace, with some programs on its allow-list and no console.</summary>
internal sealed class BuiltAgent : IAsyncDisposable
{
    private static readonly TimeSpan _startLimit = TimeSpan.FromSeconds(60);
    private readonly RedirectLab _lab;
    private readonly Service _service;

    private BuiltAgent(RedirectLab lab, Service service)
    {
        _lab = lab;
        _service = service;
    }

    /// <summary>The root of the agent's certificate authority, which is in no store of this machine.</summary>
    internal string Root { get; private init; } = "";

    /// <summary>Starts it and waits until it redirects.</summary>
    /// <param name="lab">Where.</param>
    /// <param name="redirect">The section of its configuration.</param>
    /// <param name="programs">File names of the programs that are redirected.</param>
    /// <param name="cancellation">Ends the start.</param>
    internal static async Task<BuiltAgent> StartAsync(RedirectLab lab, JsonObject redirect, string[] programs, CancellationToken cancellation)
    {
        var configuration = Path.Combine(lab.Folder, "agent.json");
        await File.WriteAllTextAsync(configuration, new JsonObject
        {
            ["stateDirectory"] = Path.Combine(lab.Folder, "agent"),
            ["controlSocket"] = ControlSocket(lab),
            ["redirect"] = redirect,
            ["proxy"] = new JsonObject { ["extraRootsFile"] = Path.Combine(lab.Folder, "upstream-ca.pem") },
            ["apps"] = new JsonObject
            {
                ["add"] = new JsonArray(new JsonObject
                {
                    ["id"] = "clients",
                    ["selectors"] = new JsonArray([.. programs.Select(program => new JsonObject { ["kind"] = "name", ["value"] = program })]),
                }),
            },
        }.ToJsonString(), cancellation);
        var service = await Service.StartAsync(
            "aktodivert", lab.InApps(ProductInLab.Agent, "--config", configuration, "run"), Path.Combine(lab.Folder, "agent.log"),
            async (_, token) => (await TryAskAsync(lab, new ControlRequest { Op = ControlOps.Status }, token))?.Status is { Engine.State: RedirectorState.Active },
            _startLimit, cancellation);
        var root = Directory.EnumerateFiles(Path.Combine(lab.Folder, "agent", "ca"), "root.pem", SearchOption.AllDirectories).Single();
        return new BuiltAgent(lab, service) { Root = root };
    }

    /// <summary>The flows it took since <paramref name="since"/>, oldest first.</summary>
    internal async Task<IReadOnlyList<FlowRecord>> FlowsAsync(DateTimeOffset since, CancellationToken cancellation) =>
        [.. (await TryAskAsync(_lab, new ControlRequest { Op = ControlOps.Flows }, cancellation))!.Flows!.Where(flow => flow.Started >= since)];

    /// <summary>Counters of its engine.</summary>
    internal async Task<RedirectCounters> CountersAsync(CancellationToken cancellation) =>
        (await TryAskAsync(_lab, new ControlRequest { Op = ControlOps.Status }, cancellation))!.Status!.Engine.Counters;

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private static string ControlSocket(RedirectLab lab) => Path.Combine(lab.Folder, "control.sock");

    private static async Task<ControlResponse?> TryAskAsync(RedirectLab lab, ControlRequest request, CancellationToken cancellation)
    {
        try
        {
            await using var agent = await ControlClient.TryConnectAsync(ControlSocket(lab), cancellation);
            return agent is null ? null : await agent.AskAsync(request, cancellation);
        }
        catch (CommandException)
        {
            return null;
        }
    }
}
