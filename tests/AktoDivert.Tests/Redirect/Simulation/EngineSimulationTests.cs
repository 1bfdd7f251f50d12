using AktoDivert.Core.Flows;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>Each situation a redirector on Windows meets, on the simulated driver (the Windows kernel cannot exist here).</summary>
[TestClass]
public sealed class EngineSimulationTests
{
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(1);

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    [DataRow(true, true)]
    public async Task A_selected_process_reaches_the_listener_and_the_data_comes_back(bool v6, bool offload)
    {
        await using var machine = new SimMachine(1) { Offload = offload };
        await machine.StartAsync();
        machine.ConnectEvent(50_001, v6, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_001, v6), atListener: true);

        Assert.IsEmpty(machine.ServerConnections);
        Assert.IsEmpty(machine.LeakedToServer);
        Assert.AreEqual(0, machine.Driver.BadChecksums);
        Assert.AreEqual(1, machine.Redirector.ReadCounters().Redirected);
    }

    [TestMethod]
    [DataRow(false, 65_535 - 40)]
    [DataRow(true, 65_535 - 20)]
    public async Task The_largest_segments_that_a_stack_hands_down_pass_both_ways_whole(bool v6, int length)
    {
        await using var machine = new SimMachine(25) { Offload = true };
        await machine.StartAsync();
        machine.ConnectEvent(50_001, v6, SimMachine.Selected, _soon);
        var app = machine.Connect(50_001, v6);
        byte[] large = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];
        app.Write(large);
        app.Write(large);
        Assert.IsTrue(machine.RunUntil(() => app.Received.Count == 2 * length, _long), app.ToString());
        Assert.IsTrue(app.Received.ToArray().AsSpan().SequenceEqual(large.Concat(large).ToArray()), "the bytes arrive as they were sent");
        Assert.HasCount(1, machine.ListenerConnections);
        Assert.AreEqual(0, machine.Driver.BadChecksums);
    }

    [TestMethod]
    public async Task Another_process_passes_and_no_data_handle_is_opened()
    {
        await using var machine = new SimMachine(2);
        await machine.StartAsync();
        var handles = machine.Driver.OpenHandles;
        machine.ConnectEvent(50_001, false, SimMachine.Other, _soon);
        Converse(machine, machine.Connect(50_001, process: SimMachine.Other), atListener: false);
        Assert.AreEqual(handles, machine.Driver.OpenHandles);
        Assert.AreEqual(1, machine.Redirector.ReadCounters().NotSelected);
    }

    [TestMethod]
    public async Task A_lost_event_is_made_good_by_the_connection_table()
    {
        await using var machine = new SimMachine(3);
        await machine.StartAsync();
        Converse(machine, machine.Connect(50_001), atListener: true);
    }

    [TestMethod]
    public async Task Nobody_knows_in_time_so_the_connection_passes_and_is_counted()
    {
        await using var machine = new SimMachine(4);
        machine.Processes.TableWorks = false;
        await machine.StartAsync();
        machine.ConnectEvent(50_001, false, SimMachine.Selected, TimeSpan.FromMilliseconds(300));
        var start = machine.Clock.GetTimestamp();
        var app = machine.Connect(50_001);
        Assert.IsTrue(machine.RunUntil(() => app.IsEstablished, _long));
        Assert.IsLessThan(100, machine.Clock.GetElapsedTime(start).TotalMilliseconds);
        Converse(machine, app, atListener: false);
        Assert.AreEqual(1, machine.Redirector.ReadCounters().Unattributed);
    }

    [TestMethod]
    public async Task A_process_that_started_after_the_event_is_not_believed()
    {
        await using var machine = new SimMachine(5);
        machine.Processes.TableWorks = false;
        await machine.StartAsync();
        machine.ConnectEvent(50_001, false, 1003, TimeSpan.FromMilliseconds(300));
        machine.Run(TimeSpan.FromMilliseconds(200));
        machine.Processes.Add(1003, "claude", machine.Clock.GetUtcNow());
        machine.Run(TimeSpan.FromMilliseconds(90));
        Converse(machine, machine.Connect(50_001), atListener: false);
    }

    [TestMethod]
    public async Task The_kernels_claim_neither_takes_a_connection_nor_loses_one()
    {
        await using var machine = new SimMachine(6);
        machine.Processes.TableWorks = false;
        await machine.StartAsync();
        machine.ConnectEvent(50_001, false, SimMachine.Selected, TimeSpan.Zero);
        machine.Run(_soon);
        machine.ConnectEvent(50_001, false, 4, TimeSpan.Zero);
        Converse(machine, machine.Connect(50_001), atListener: true);
        machine.ConnectEvent(50_002, false, 4, TimeSpan.Zero);
        Converse(machine, machine.Connect(50_002, process: 4), atListener: false);
    }

    [TestMethod]
    public async Task A_child_of_a_selected_process_is_selected()
    {
        await using var machine = new SimMachine(7);
        machine.Processes.Add(1005, "node", machine.Clock.GetUtcNow() - TimeSpan.FromMinutes(1), SimMachine.Selected);
        await machine.StartAsync();
        machine.ConnectEvent(50_001, false, 1005, _soon);
        Converse(machine, machine.Connect(50_001, process: 1005), atListener: true);
    }

    [TestMethod]
    public async Task A_port_used_again_is_a_new_connection()
    {
        await using var machine = new SimMachine(8);
        await machine.StartAsync();
        machine.ConnectEvent(50_001, false, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_001), atListener: true);
        machine.Run(TimeSpan.FromSeconds(1));
        machine.ConnectEvent(50_001, false, SimMachine.Other, _soon);
        Converse(machine, machine.Connect(50_001, process: SimMachine.Other), atListener: false);
        machine.ConnectEvent(50_001, false, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_001), atListener: true);
    }

    [TestMethod]
    public async Task Connections_from_before_pass_untouched()
    {
        await using var machine = new SimMachine(9);
        var before = machine.Connect(50_001);
        Assert.IsTrue(machine.RunUntil(() => before.IsEstablished, _long));
        await machine.StartAsync();
        machine.ConnectEvent(50_002, false, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_002), atListener: true);
        Converse(machine, before, atListener: false);
    }

    [TestMethod]
    public async Task The_end_resets_apps_exactly_and_leaves_no_handle()
    {
        await using var machine = new SimMachine(10);
        await machine.StartAsync();
        machine.ConnectEvent(50_001, false, SimMachine.Selected, _soon);
        var app = machine.Connect(50_001);
        Assert.IsTrue(machine.RunUntil(() => app.IsEstablished, _long));
        app.Write([1, 2, 3]);
        Assert.IsTrue(machine.RunUntil(() => app.Received.Count == 3, _long));

        await machine.StopAsync();

        Assert.IsTrue(machine.RunUntil(() => app.IsReset, TimeSpan.FromMilliseconds(50)));
        Assert.AreEqual(0, machine.Driver.OpenHandles);
        Assert.AreEqual(1, machine.Redirector.ReadCounters().Resets);
        Converse(machine, machine.Connect(50_002), atListener: false);
    }

    [TestMethod]
    [DataRow(433)]
    [DataRow(995)]
    [DataRow(1058)]
    public async Task A_driver_that_goes_away_is_opened_again_and_apps_reach_their_servers_meanwhile(int code)
    {
        await using var machine = new SimMachine(11);
        await machine.StartAsync();
        machine.Driver.Fail(new DivertError(code));
        Assert.IsTrue(machine.RunUntil(() => machine.Redirector.Health.State == RedirectorState.Unavailable, TimeSpan.FromSeconds(1)));
        Assert.AreEqual(0, machine.Driver.OpenHandles);
        Assert.AreEqual(new DivertError(code).Reason, machine.Redirector.Health.Reason);
        Converse(machine, machine.Connect(50_001), atListener: false);
        Assert.IsTrue(machine.RunUntil(() => machine.Redirector.Health.State == RedirectorState.Active, TimeSpan.FromSeconds(3)));
        machine.ConnectEvent(50_002, false, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_002), atListener: true);
    }

    [TestMethod]
    public async Task After_five_failures_it_only_observes_until_it_is_started_again()
    {
        await using var machine = new SimMachine(12);
        for (var i = 0; i < 5; i++)
        {
            machine.Driver.OpenErrors.Enqueue(433);
        }

        await machine.StartAsync();
        machine.Run(TimeSpan.FromSeconds(60));
        Assert.AreEqual(RedirectorState.Unavailable, machine.Redirector.Health.State);
        Assert.IsEmpty(machine.Driver.OpenErrors);
        await machine.StartAsync();
        Assert.AreEqual(RedirectorState.Active, machine.Redirector.Health.State);
    }

    [TestMethod]
    [DataRow(5)]
    [DataRow(577)]
    [DataRow(654)]
    [DataRow(1275)]
    [DataRow(1753)]
    public async Task What_only_a_person_can_mend_is_said_and_not_tried_again(int code)
    {
        await using var machine = new SimMachine(13);
        machine.Driver.OpenErrors.Enqueue(code);
        await machine.StartAsync();
        machine.Run(TimeSpan.FromSeconds(60));
        Assert.AreEqual(
            RedirectorHealth.Unavailable(new DivertError(code).Reason, new DivertError(code).Fix), machine.Redirector.Health);
        Assert.AreEqual(0, machine.Driver.OpenHandles);
    }

    [TestMethod]
    public async Task A_driver_of_another_version_is_refused()
    {
        await using var machine = new SimMachine(14);
        machine.Driver.Version = (1, 4);
        await machine.StartAsync();
        StringAssert.Contains(machine.Redirector.Health.Reason, "1.4", StringComparison.Ordinal);
        Assert.AreEqual(0, machine.Driver.OpenHandles);
    }

    [TestMethod]
    public async Task A_listener_that_does_not_answer_gets_no_new_connections_until_it_does()
    {
        await using var machine = new SimMachine(15);
        await machine.StartAsync();
        machine.Answer(false);
        machine.Run(TimeSpan.FromSeconds(3));
        machine.ConnectEvent(50_001, false, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_001), atListener: false);
        Assert.AreEqual(1, machine.Redirector.ReadCounters().HeartbeatLate);
        machine.Answer(true);
        machine.Run(TimeSpan.FromSeconds(1));
        machine.ConnectEvent(50_002, false, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_002), atListener: true);
    }

    [TestMethod]
    public async Task An_overload_that_lasts_ends_redirecting_for_a_while()
    {
        await using var machine = new SimMachine(16);
        await machine.StartAsync();
        machine.Driver.Tamper = batch => batch.Addresses[0].Timestamp -= machine.Clock.Ticks(TimeSpan.FromSeconds(1));
        for (ushort port = 50_001; port < 50_400 && machine.Redirector.Health.State == RedirectorState.Active; port++)
        {
            machine.Connect(port, process: SimMachine.Other);
            machine.Run(TimeSpan.FromMilliseconds(20));
        }

        StringAssert.Contains(machine.Redirector.Health.Reason, "could not keep up", StringComparison.Ordinal);
        Assert.AreEqual(0, machine.Driver.OpenHandles);
        machine.Driver.Tamper = static _ => { };
        Assert.IsTrue(machine.RunUntil(() => machine.Redirector.Health.State == RedirectorState.Active, TimeSpan.FromSeconds(31)));
    }

    [TestMethod]
    public async Task Sleep_lets_everything_go_and_waking_up_starts_over()
    {
        await using var machine = new SimMachine(17);
        await machine.StartAsync();
        machine.ConnectEvent(50_001, false, SimMachine.Selected, _soon);
        var app = machine.Connect(50_001);
        Assert.IsTrue(machine.RunUntil(() => app.IsEstablished, _long));
        machine.Redirector.Suspend();
        Assert.AreEqual(0, machine.Driver.OpenHandles);
        machine.Clock.Jump(TimeSpan.FromHours(8));
        machine.Redirector.Resume();
        machine.Run(TimeSpan.FromSeconds(1));
        Assert.IsTrue(app.IsReset);
        Assert.AreEqual(RedirectorState.Active, machine.Redirector.Health.State);
        machine.ConnectEvent(50_002, false, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_002), atListener: true);
    }

    [TestMethod]
    public async Task A_flow_keeps_the_interface_of_its_SYN_and_is_reset_when_that_is_gone()
    {
        await using var machine = new SimMachine(18);
        await machine.StartAsync();
        machine.ConnectEvent(50_001, false, SimMachine.Selected, _soon);
        var app = machine.Connect(50_001);
        Assert.IsTrue(machine.RunUntil(() => app.IsEstablished, _long));
        machine.InterfaceIndex = 31;
        var seen = new HashSet<uint>();
        machine.Driver.SendError = (_, address) =>
        {
            seen.Add(address.InterfaceIndex);
            return 0;
        };
        app.Write([1]);
        Assert.IsTrue(machine.RunUntil(() => app.Received.Count == 1, _long));
        CollectionAssert.AreEqual(new uint[] { 12 }, seen.ToArray());

        machine.Driver.SendError = static (packet, address) => packet.Length > 40 && !address.Has(DivertAddressFlags.Outbound) ? 1232 : 0;
        app.Write([2]);
        Assert.IsTrue(machine.RunUntil(() => app.IsReset, TimeSpan.FromSeconds(1)));
        Assert.AreEqual(RedirectorState.Active, machine.Redirector.Health.State);
    }

    [TestMethod]
    public async Task The_data_handle_goes_two_minutes_after_the_last_flow_and_comes_back()
    {
        await using var machine = new SimMachine(19);
        await machine.StartAsync();
        var handles = machine.Driver.OpenHandles;
        machine.ConnectEvent(50_001, false, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_001), atListener: true);
        Assert.AreEqual(handles + 1, machine.Driver.OpenHandles);
        machine.Run(TimeSpan.FromSeconds(125));
        Assert.AreEqual(handles, machine.Driver.OpenHandles);
        Assert.AreEqual(RedirectorState.Active, machine.Redirector.Health.State);
        machine.ConnectEvent(50_002, false, SimMachine.Selected, _soon);
        Converse(machine, machine.Connect(50_002), atListener: true);
    }

    [TestMethod]
    public async Task Other_machines_do_not_reach_the_listener()
    {
        await using var machine = new SimMachine(20);
        await machine.StartAsync();
        var key = SimMachine.KeyOf(50_001, false);
        var intruder = new FlowKey(key.Remote, key.Local, 1234, SimMachine.ListenerPort, false);
        var address = SimPacket.Outbound(false);
        address.Flags &= ~DivertAddressFlags.Outbound;
        machine.Driver.Packet(SimPacket.Tcp(intruder, TcpFlags.Syn, 1), address);
        machine.Run(TimeSpan.FromMilliseconds(100));
        Assert.IsEmpty(machine.ListenerConnections);
    }

    [TestMethod]
    public async Task QUIC_is_refused_for_selected_processes_also_when_they_start_later()
    {
        await using var machine = new SimMachine(21);
        await machine.StartAsync();
        Assert.IsFalse(machine.ConnectEvent(50_001, false, SimMachine.Selected, TimeSpan.Zero, protocol: 17));
        Assert.IsTrue(machine.ConnectEvent(50_002, false, SimMachine.Other, TimeSpan.Zero, protocol: 17));
        machine.Processes.Add(1009, "claude", machine.Clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        Assert.IsTrue(machine.ConnectEvent(50_003, false, 1009, TimeSpan.Zero, protocol: 17));
        machine.Run(TimeSpan.FromMilliseconds(50));
        Assert.IsFalse(machine.ConnectEvent(50_004, false, 1009, TimeSpan.Zero, protocol: 17));
        machine.Run(TimeSpan.FromMilliseconds(50));
        Assert.AreEqual(2, machine.Redirector.ReadCounters().QuicDenied);
    }

    [TestMethod]
    public async Task More_processes_than_a_filter_holds_are_split()
    {
        await using var machine = new SimMachine(22);
        for (var pid = 2000; pid < 2600; pid++)
        {
            machine.Processes.Add(pid, "claude", machine.Clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        }

        await machine.StartAsync();
        foreach (var pid in new[] { 2000, 2300, 2599 })
        {
            Assert.IsFalse(machine.ConnectEvent(50_001, false, pid, TimeSpan.Zero, protocol: 17));
        }
    }

    /// <summary>Sends, compares what comes back, closes, and checks at which end it was.</summary>
    internal static void Converse(SimMachine machine, SimTcp app, bool atListener)
    {
        var key = app.Key;
        var end = new FlowKey(key.Local, key.Remote, SimMachine.ListenerPort, key.LocalPort, key.IsV6);
        var before = machine.ListenerConnections.GetValueOrDefault(end);
        var serverEnd = new FlowKey(key.Remote, key.Local, 443, key.LocalPort, key.IsV6);
        var farBefore = atListener ? machine.ServerConnections.GetValueOrDefault(serverEnd) : null;
        byte[] data = [.. Enumerable.Range(0, 3000).Select(i => (byte)i)];
        Assert.IsTrue(machine.RunUntil(() => app.IsEstablished, _long), "not established");
        app.Write(data);
        app.Close();
        Assert.IsTrue(machine.RunUntil(() => app.IsDone, _long), "not done");
        machine.Run(TimeSpan.FromMilliseconds(10));
        CollectionAssert.AreEqual(data, app.Received.ToArray());
        var listener = machine.ListenerConnections.TryGetValue(end, out var there) && there != before && there.Received.SequenceEqual(data) && there.IsDone;
        var server = machine.ServerConnections.TryGetValue(serverEnd, out var far) && far != farBefore;
        Assert.AreEqual(atListener, listener);
        Assert.AreEqual(!atListener, server && far!.Received.SequenceEqual(data));
    }
}
