using System.Net.Http.Json;
using System.Net.Sockets;
using System.Threading.Channels;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Hosting;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.FunctionalTests.Console;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Agent;

/// <summary>A change of the apps catalogue on a real console reaches the redirect engine of a running agent.</summary>
[TestClass]
public sealed class SelectionPushTests
{
    private static readonly ProcessIdentity Bot = new() { Pid = 7, Name = "acme-bot", Path = "/opt/acme/acme-bot", Arguments = ["acme-bot"] };

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task An_app_added_switched_off_and_on_again_is_selected_live()
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-apps-").FullName;
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        var engine = new SelectedEngine();
        var options = new AgentOptions
        {
            StateDirectory = Path.Combine(folder, "state"), ControlSocket = Path.Combine(folder, "c.sock"), Console = new ConsoleSection { Url = console.Host.Address },
        };
        var agent = new AgentConsole(TextWriter.Null, TextWriter.Null, isTerminal: false)
        {
            Environment = new Dictionary<string, string> { [TokenSource.Variable] = device.DefaultRequestHeaders.GetValues("authorization").Single() },
        };
        using (var host = AgentHost.Build(options, agent, replace: services => services.AddSingleton<IFlowRedirector>(engine)))
        {
            await host.StartAsync(TestContext.CancellationToken);
            var body = new { selectors = new[] { "name acme-bot" } };
            foreach (var (redirect, selected) in new[] { ((bool?)null, true), (false, false), (true, true) })
            {
                (await admin.PutAsJsonAsync("api/admin/catalogue/acme-bot", new { body.selectors, redirect }, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();
                await engine.WhenAsync(selection => selection.Match(Bot) is { Source: AppSource.Organisation } == selected, TestContext.CancellationToken);
            }

            await host.StopAsync(TestContext.CancellationToken);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>An engine that keeps what it is told to select.</summary>
    private sealed class SelectedEngine : IFlowRedirector
    {
        private readonly Channel<ProcessSelection> _selections = Channel.CreateBounded<ProcessSelection>(1000);

        public string Engine => "none";

        public RedirectorHealth Health => RedirectorHealth.Active;

        /// <summary>Completes when a selection arrives that meets the condition.</summary>
        public async Task WhenAsync(Func<ProcessSelection, bool> condition, CancellationToken cancellation)
        {
            while (!condition(await _selections.Reader.ReadAsync(cancellation)))
            {
            }
        }

        public ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Select(ProcessSelection selection) => _selections.Writer.TryWrite(selection);

        public RedirectedFlow? Resolve(Socket accepted) => null;

        public void Beat()
        {
        }

        public RedirectCounters ReadCounters() => new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
