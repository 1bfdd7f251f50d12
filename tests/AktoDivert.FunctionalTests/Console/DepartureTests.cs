using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Hosting;
using AktoDivert.Capture.Fleet;
using AktoDivert.Console.Devices;
using AktoDivert.Console.Hosting;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>Agents that say farewell, and who hears of it.</summary>
[TestClass]
public sealed class DepartureTests
{
    private readonly AdjustableTime _time = new();

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Agents_that_somebody_took_away_are_alerted_of_once_after_five_minutes()
    {
        await using var console = await RunningConsole.StartAsync(time: _time);
        foreach (var leaving in new[] { AgentDeparture.Stopped, AgentDeparture.Uninstalled, AgentDeparture.Shutdown, "sold" })
        {
            using var device = await console.DeviceAsync(leaving);
            await BeatAsync(device, "");
            await BeatAsync(device, leaving);
        }

        _time.Advance(DepartureWatch.Grace - TimeSpan.FromMinutes(1));
        await LookAsync(console.Host);
        Assert.AreEqual("", await AlertsAsync(console));
        _time.Advance(TimeSpan.FromMinutes(2));
        await LookAsync(console.Host);
        await LookAsync(console.Host);

        var alerts = (await AlertsAsync(console)).Split('\n').Order(StringComparer.Ordinal);
        Assert.AreEqual(
            "agent-stopped: The agent was stopped while the machine ran on, and did not come back.\nagent-stopped: The agent was uninstalled.", string.Join('\n', alerts));
    }

    [TestMethod]
    public async Task An_agent_that_comes_back_or_is_retired_alerts_nobody()
    {
        await using var console = await RunningConsole.StartAsync(time: _time);
        using var admin = await console.AdminAsync();
        using var upgraded = await console.DeviceAsync("upgraded");
        using var retired = await console.DeviceAsync("retired");
        await BeatAsync(upgraded, AgentDeparture.Stopped);
        await BeatAsync(upgraded, "");
        await BeatAsync(retired, AgentDeparture.Uninstalled);
        (await admin.PostAsync("api/admin/devices/retired/retire", null, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();

        _time.Advance(DepartureWatch.Grace * 2);
        await LookAsync(console.Host);

        Assert.AreEqual("", await AlertsAsync(console));
    }

    [TestMethod]
    public async Task A_restart_of_the_console_forgets_no_farewell()
    {
        await using var console = await RunningConsole.StartAsync(time: _time);
        using (var device = await console.DeviceAsync())
        {
            await BeatAsync(device, AgentDeparture.Stopped);
        }

        await console.Host.DisposeAsync();
        _time.Advance(DepartureWatch.Grace * 2);
        await using var again = await ConsoleHost.StartAsync(console.Options, _time, TestContext.CancellationToken);
        await LookAsync(again);

        var violations = await again.Services.GetRequiredService<AktoDivert.Console.Violations.ViolationStore>().ListAsync(new(), 0, 10, TestContext.CancellationToken);
        Assert.AreEqual("agent-stopped", violations.Single().Entity);
    }

    [TestMethod]
    public async Task Of_two_nodes_that_look_at_once_one_alerts()
    {
        await using var one = await RunningConsole.StartOnPostgresAsync(time: _time);
        await using var other = await RunningConsole.StartOnPostgresAsync(one.Options.Database, one, _time);
        for (var i = 0; i < 5; i++)
        {
            using var device = await one.DeviceAsync($"agent-{i}");
            await BeatAsync(device, AgentDeparture.Stopped);
        }

        _time.Advance(DepartureWatch.Grace * 2);
        await Task.WhenAll(LookAsync(one.Host), LookAsync(other.Host));

        Assert.HasCount(5, (await AlertsAsync(one)).Split('\n'));
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task A_real_agent_that_is_stopped_says_so()
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-farewell-").FullName;
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        var options = new AgentOptions
        {
            StateDirectory = Path.Combine(folder, "state"), ControlSocket = Path.Combine(folder, "c.sock"), Redirect = new RedirectSection { Engine = null },
            Console = new ConsoleSection { Url = console.Host.Address },
        };
        var agent = new AgentConsole(TextWriter.Null, TextWriter.Null, isTerminal: false)
        {
            Environment = new Dictionary<string, string> { [TokenSource.Variable] = device.DefaultRequestHeaders.GetValues("authorization").Single() },
        };
        using (var host = AgentHost.Build(options, agent))
        {
            await host.StartAsync(TestContext.CancellationToken);
            await host.StopAsync(TestContext.CancellationToken);
        }

        var known = await console.Host.Services.GetRequiredService<DeviceStore>().FindAsync("agent-1", TestContext.CancellationToken);
        Assert.AreEqual(AgentDeparture.Stopped, known!.State.Leaving);
        Directory.Delete(folder, recursive: true);
    }

    private Task LookAsync(ConsoleHost host) => host.Services.GetRequiredService<DepartureWatch>().LookAsync(TestContext.CancellationToken);

    private async Task BeatAsync(HttpClient device, string leaving)
    {
        var heartbeat = new ModuleHeartbeat(new ModuleInfo
        {
            Id = "any",
            Name = "laptop",
            CurrentVersion = "1.0.0",
            StartedTs = 1_700_000_000,
            LastHeartbeatReceived = _time.GetUtcNow().ToUnixTimeSeconds(),
            AdditionalData = new ModuleAdditionalData { DeviceId = "laptop", Os = "linux", State = new DeviceState { EngineState = "Active", Leaving = leaving } },
        });
        using var answer = await device.PostAsJsonAsync("api/updateModuleInfoForHeartbeat", heartbeat, WireJson.Default.ModuleHeartbeat, TestContext.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<string> AlertsAsync(RunningConsole console)
    {
        using var admin = await console.AdminAsync();
        var violations = await admin.GetFromJsonAsync<JsonElement>("api/admin/violations", TestContext.CancellationToken);
        return string.Join('\n', violations.EnumerateArray().Select(v => $"{v.GetProperty("entity").GetString()}: {v.GetProperty("evidence").GetString()}"));
    }
}
