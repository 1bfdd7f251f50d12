using AktoDivert.Core.Processes;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>Bursts of connections, where to look at a process takes milliseconds while SYNs are held for 50 at most.</summary>
[TestClass]
public sealed class AttributionSimulationTests
{
    private const int Connections = 200;
    private static readonly TimeSpan _slow = TimeSpan.FromMilliseconds(4);

    [TestMethod]
    public async Task Two_hundred_connections_at_once_are_all_attributed_by_slow_looks()
    {
        await using var machine = new SimMachine(1);
        machine.Processes.Add(1005, "node", machine.Clock.GetUtcNow() - TimeSpan.FromMinutes(1), SimMachine.Selected);
        await machine.StartAsync();
        machine.Processes.LookTime = _slow;
        Connect(machine, 1005, TimeSpan.Zero);
        ExpectAll(machine);
    }

    [TestMethod]
    public async Task Two_hundred_without_an_event_are_one_question_to_the_connection_table()
    {
        await using var machine = new SimMachine(2);
        await machine.StartAsync();
        machine.Processes.LookTime = _slow;
        Connect(machine, SimMachine.Selected, null);
        ExpectAll(machine);
    }

    [TestMethod]
    public async Task A_connection_table_that_takes_its_time_does_not_hold_events_up()
    {
        await using var machine = new SimMachine(3);
        await machine.StartAsync();

        // Asked 20 to 30 ms after the SYN, answers 40 ms later: too late for that one, and the events of the others are not to wait for it.
        machine.Processes.LookTime = TimeSpan.FromMilliseconds(40);
        machine.Connect(60_000);
        machine.Run(TimeSpan.FromMilliseconds(35));
        machine.Processes.LookTime = TimeSpan.Zero;
        Connect(machine, SimMachine.Selected, TimeSpan.FromMilliseconds(1));
        machine.Run(TimeSpan.FromMilliseconds(60));
        var counters = machine.Redirector.ReadCounters();
        Assert.AreEqual((Connections, 1), (counters.Redirected, counters.Unattributed));
    }

    [TestMethod]
    public async Task A_selection_that_changes_counts_for_the_next_connection()
    {
        await using var machine = new SimMachine(4);
        await machine.StartAsync();
        Connect(machine, SimMachine.Selected, TimeSpan.Zero);
        ExpectAll(machine);
        machine.Redirector.Select(new ProcessSelection(RedirectScope.AllowList, []));
        machine.ConnectEvent(60_000, false, SimMachine.Selected, TimeSpan.Zero);
        machine.Connect(60_000);
        machine.Run(TimeSpan.FromMilliseconds(60));
        Assert.AreEqual(1, machine.Redirector.ReadCounters().NotSelected);
    }

    [TestMethod]
    public async Task A_clock_that_was_set_back_costs_no_connection()
    {
        await using var machine = new SimMachine(5);
        await machine.StartAsync();
        machine.Processes.Add(1005, "claude", machine.Clock.GetUtcNow());
        machine.Clock.Jump(TimeSpan.FromHours(-3));
        Connect(machine, 1005, TimeSpan.Zero);
        ExpectAll(machine);
    }

    private static void Connect(SimMachine machine, int process, TimeSpan? delay)
    {
        for (ushort port = 50_001; port <= 50_000 + Connections; port++)
        {
            if (delay is { } late)
            {
                machine.ConnectEvent(port, false, process, late);
            }

            machine.Connect(port, process: process);
        }
    }

    private static void ExpectAll(SimMachine machine)
    {
        machine.Run(TimeSpan.FromMilliseconds(80));
        var counters = machine.Redirector.ReadCounters();
        Assert.AreEqual((Connections, 0), (counters.Redirected, counters.Unattributed));
    }
}
