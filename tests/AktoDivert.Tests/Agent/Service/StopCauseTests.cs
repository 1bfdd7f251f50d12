using AktoDivert.Agent.Service;
using AktoDivert.Agent.State;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Agent.Service;

[TestClass]
public sealed class StopCauseTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("stopping\n", AgentDeparture.Shutdown)]
    [DataRow("running\n", AgentDeparture.Stopped)]
    [DataRow("degraded\n", AgentDeparture.Stopped)]
    [DataRow("", AgentDeparture.Stopped)]
    public async Task Systemd_knows_whether_the_machine_goes_down(string says, string expected)
    {
        using var state = Booted();
        Assert.AreEqual(expected, await Cause(state, (_, _) => Task.FromResult<ProgramOutcome?>(new ProgramOutcome(1, says, ""))).ReadAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task A_systemd_that_does_not_answer_holds_nothing_up()
    {
        using var state = Booted();
        var cause = Cause(state, async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null;
        });
        Assert.AreEqual(AgentDeparture.Stopped, await cause.ReadAsync(TestContext.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Without_systemd_nobody_is_asked_and_the_service_control_manager_is_believed()
    {
        using var state = new TemporaryState();
        var cause = Cause(state, (_, _) => throw new AssertFailedException("systemctl was called"));
        Assert.AreEqual(AgentDeparture.Stopped, await cause.ReadAsync(TestContext.CancellationToken));
        cause.MachineGoesDown = true;
        Assert.AreEqual(AgentDeparture.Shutdown, await cause.ReadAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task While_it_is_uninstalled_the_agent_knows()
    {
        using var state = new TemporaryState();
        var cause = Cause(state, (_, _) => Task.FromResult<ProgramOutcome?>(null));
        UninstallMark.Set(state.Options).Dispose();
        Assert.IsFalse(Directory.Exists(state.Options.StateDirectory), "an agent that never ran is not told, and gets no folder");

        Directory.CreateDirectory(state.Options.StateDirectory);
        using (UninstallMark.Set(state.Options))
        {
            Assert.AreEqual(AgentDeparture.Uninstalled, await cause.ReadAsync(TestContext.CancellationToken));
        }

        Assert.AreEqual(AgentDeparture.Stopped, await cause.ReadAsync(TestContext.CancellationToken));
    }

    private static TemporaryState Booted()
    {
        var state = new TemporaryState();
        Directory.CreateDirectory(Path.Combine(state.Folder, "run/systemd/system"));
        return state;
    }

    private static StopCause Cause(TemporaryState state, Func<string[], CancellationToken, Task<ProgramOutcome?>> systemctl) => new(state.Folder, state.Options, systemctl);
}
