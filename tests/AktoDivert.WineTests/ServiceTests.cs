using System.Globalization;

namespace AktoDivert.WineTests;

/// <summary>
/// The agent as a service, with Wine's service control manager. Restarts after a crash are not shown: Wine takes the settings and does not act
/// on them, so a test starts the service where Windows would.
/// </summary>
[TestClass]
public sealed class ServiceTests
{
    private const string Agent = @"Z:\out\agent\aktodivert.exe";
    private const string ServiceKey = @"HKLM\SYSTEM\CurrentControlSet\Services\AktoDivert";
    private const string SourceKey = @"HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\AktoDivert";
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(1);

    [TestMethod]
    public async Task An_agent_in_a_folder_that_others_may_change_is_not_installed()
    {
        await using var machine = await WineMachine.CreateAsync();
        var (code, _, error) = await machine.RunAsync(Agent, "service", "install");
        Assert.AreEqual(1, code);
        StringAssert.Contains(error, "who would then run code as SYSTEM");
        Assert.AreNotEqual(0, (await machine.RunAsync("reg.exe", "query", ServiceKey)).Code);
    }

    [TestMethod]
    public async Task The_service_is_installed_started_stopped_and_removed_without_a_trace()
    {
        await using var machine = await WineMachine.CreateAsync();
        await machine.CloseAgentFolderAsync();
        await ServiceAsync(machine, "install", "Installed");
        var settings = await RunAsync(machine, "reg.exe", "query", ServiceKey);
        StringAssert.Contains(settings, "\"Z:\\out\\agent\\aktodivert.exe\" run --service");
        StringAssert.Contains(settings, "LocalSystem");
        StringAssert.Contains(settings, "AktoDivert agent");
        await RunAsync(machine, "reg.exe", "query", SourceKey);
        Assert.AreEqual(1, await StateAsync(machine));

        await ServiceAsync(machine, "start", "Started");
        Assert.AreEqual(4, await StateAsync(machine));
        StringAssert.Contains(await RunAsync(machine, Agent, "status"), "process");
        await ServiceAsync(machine, "start", "Started");
        StringAssert.Contains((await machine.RunAsync(Agent, "doctor")).Output, "installed and running");

        await ServiceAsync(machine, "stop", "Stopped");
        Assert.AreEqual(1, await StateAsync(machine));
        Assert.IsNull(await WineMachine.FindAsync("run --service"));
        Assert.AreEqual(3, (await machine.RunAsync(Agent, "status")).Code);

        await ServiceAsync(machine, "uninstall", "Uninstalled");
        Assert.AreNotEqual(0, (await machine.RunAsync("reg.exe", "query", ServiceKey)).Code);
        Assert.AreNotEqual(0, (await machine.RunAsync("reg.exe", "query", SourceKey)).Code);
        var (code, _, error) = await machine.RunAsync(Agent, "service", "start");
        Assert.AreEqual(1, code);
        StringAssert.Contains(error, "not installed");
    }

    [TestMethod]
    public async Task A_hung_agent_is_ended_by_its_supervisor_and_the_service_starts_again()
    {
        await using var machine = await WineMachine.CreateAsync();
        await StartServiceAsync(machine);
        using var agent = await WineMachine.FindAsync("run --service");
        using var supervisor = await SupervisorAsync();
        Assert.IsNotNull(agent);

        await Tool.RunAsync("kill", "-STOP", agent.Id.ToString(CultureInfo.InvariantCulture));
        using (var limit = new CancellationTokenSource(EndLimit))
        {
            await agent.WaitForExitAsync(limit.Token);
            await supervisor.WaitForExitAsync(limit.Token);
        }

        await StartAgainAsync(machine, agent.Id);
    }

    [TestMethod]
    public async Task A_killed_agent_takes_its_supervisor_along_and_the_service_starts_again()
    {
        await using var machine = await WineMachine.CreateAsync();
        await StartServiceAsync(machine);
        using var agent = await WineMachine.FindAsync("run --service");
        using var supervisor = await SupervisorAsync();
        Assert.IsNotNull(agent);
        agent.Kill();
        using (var limit = new CancellationTokenSource(EndLimit))
        {
            await supervisor.WaitForExitAsync(limit.Token);
        }

        await StartAgainAsync(machine, agent.Id);
    }

    private static async Task StartServiceAsync(WineMachine machine)
    {
        await machine.CloseAgentFolderAsync();
        await ServiceAsync(machine, "install", "Installed");
        await ServiceAsync(machine, "start", "Started");
    }

    // Its command line ends with its limit in milliseconds: heartbeat timeout and a second and a half.
    private static async Task<System.Diagnostics.Process> SupervisorAsync()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if (await WineMachine.FindAsync(" 4000") is { } supervisor)
            {
                return supervisor;
            }
        }

        throw new AssertFailedException("the agent has no supervisor");
    }

    private static async Task StartAgainAsync(WineMachine machine, int ended)
    {
        // The manager needs a moment to see that the process is gone.
        for (var attempt = 0; attempt < 30 && await StateAsync(machine) != 1; attempt++)
        {
        }

        await ServiceAsync(machine, "start", "Started");
        Assert.AreEqual(4, await StateAsync(machine));
        using var again = await WineMachine.FindAsync("run --service");
        Assert.IsNotNull(again);
        Assert.AreNotEqual(ended, again.Id);
        await ServiceAsync(machine, "stop", "Stopped");
    }

    private static async Task ServiceAsync(WineMachine machine, string verb, string answer) =>
        StringAssert.StartsWith(await RunAsync(machine, Agent, "service", verb), answer);

    private static async Task<string> RunAsync(WineMachine machine, string program, params string[] arguments)
    {
        var (code, output, error) = await machine.RunAsync(program, arguments);
        Assert.AreEqual(0, code, $"{program} {string.Join(' ', arguments)}: {output} {error}");
        return output;
    }

    // "STATE : 4 RUNNING", as winsvc.h numbers them.
    private static async Task<int> StateAsync(WineMachine machine)
    {
        var answer = await RunAsync(machine, "sc.exe", "query", "AktoDivert");
        var state = answer.Split('\n').Single(line => line.Contains("STATE", StringComparison.Ordinal)).Split(':')[1];
        return int.Parse(state.Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
