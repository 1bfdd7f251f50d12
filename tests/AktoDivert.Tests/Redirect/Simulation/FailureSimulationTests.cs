using AktoDivert.Core.Flows;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Engine;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>What goes wrong with the agent, its driver and its neighbours must cost no connection more than a reset.</summary>
[TestClass]
public sealed class FailureSimulationTests
{
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _soon = TimeSpan.FromMilliseconds(1);

    [TestMethod]
    [DataRow(false, DisplayName = "the loop of the first segments")]
    [DataRow(true, DisplayName = "the loop of the data")]
    public async Task A_loop_that_hangs_loses_its_handles_within_two_seconds(bool data)
    {
        await using var machine = new SimMachine(1);
        await machine.StartAsync();
        var app = Established(machine, 50_001);
        TimeSpan? closedAfter = null;
        machine.Driver.SendError = (_, _) =>
        {
            // The loop is in the middle of a call of the driver; meanwhile the rest of the machine goes on.
            machine.Driver.SendError = static (_, _) => 0;
            var start = machine.Clock.GetTimestamp();
            Assert.IsTrue(machine.RunUntil(() => machine.Driver.HoldingHandles == 0, _long));
            closedAfter = machine.Clock.GetElapsedTime(start);
            EngineSimulationTests.Converse(machine, machine.Connect(50_003), atListener: false);
            return 0;
        };
        if (data)
        {
            app.Write([1]);
        }
        else
        {
            machine.ConnectEvent(50_002, false, SimMachine.Other, TimeSpan.Zero);
            machine.Run(_soon);
            machine.Connect(50_002, process: SimMachine.Other);
        }

        Assert.IsTrue(machine.RunUntil(() => closedAfter is not null, _long));
        Assert.IsLessThanOrEqualTo(TimeSpan.FromSeconds(2), closedAfter!.Value);
        StringAssert.Contains(machine.Redirector.Health.Reason, "hung", StringComparison.Ordinal);
        app.Write([2]);
        Assert.IsTrue(machine.RunUntil(() => app.IsReset, _long), "the app does not come to know");
        Assert.IsTrue(machine.RunUntil(() => machine.Redirector.Health.State == RedirectorState.Active, TimeSpan.FromSeconds(31)));
        machine.ConnectEvent(50_004, false, SimMachine.Selected, _soon);
        EngineSimulationTests.Converse(machine, machine.Connect(50_004), atListener: true);
    }

    [TestMethod]
    public async Task A_loop_that_is_slow_but_moves_keeps_its_handles()
    {
        await using var machine = new SimMachine(2);
        await machine.StartAsync();
        var app = Established(machine, 50_001);
        machine.Driver.SendError = (_, _) =>
        {
            machine.Driver.SendError = static (_, _) => 0;
            machine.Run(TimeSpan.FromMilliseconds(1200));
            return 0;
        };
        app.Write([1]);
        Assert.IsTrue(machine.RunUntil(() => app.Received.Count == 1, _long));
        Assert.AreEqual(RedirectorState.Active, machine.Redirector.Health.State);
    }

    [TestMethod]
    public async Task A_crash_lets_held_packets_go_and_apps_are_reset_by_their_servers()
    {
        await using var machine = new SimMachine(3);
        await machine.StartAsync();
        var before = Established(machine, 50_001);
        var queued = machine.Connect(50_002);
        machine.Run(_soon);
        machine.Crash();
        Assert.IsTrue(machine.RunUntil(() => queued.IsEstablished, TimeSpan.FromMilliseconds(50)), "its SYN was not sent on");
        EngineSimulationTests.Converse(machine, queued, atListener: false);
        before.Write([1]);
        Assert.IsTrue(machine.RunUntil(() => before.IsReset, TimeSpan.FromMilliseconds(50)));
        EngineSimulationTests.Converse(machine, machine.Connect(50_001), atListener: false);
    }

    [TestMethod]
    [DataRow(false, DisplayName = "the machine goes to sleep")]
    [DataRow(true, DisplayName = "the agent stops")]
    public async Task A_held_SYN_goes_on_when_the_engine_ends(bool stops)
    {
        await using var machine = new SimMachine(4);
        machine.Processes.TableWorks = false;
        await machine.StartAsync();
        var app = machine.Connect(50_001);
        machine.Run(TimeSpan.FromMilliseconds(10));
        Assert.IsFalse(app.IsEstablished);
        if (stops)
        {
            await machine.StopAsync();
        }
        else
        {
            machine.Redirector.Suspend();
        }

        Assert.IsTrue(machine.RunUntil(() => app.IsEstablished, TimeSpan.FromMilliseconds(50)), "it took another SYN");
        Assert.AreEqual(1, machine.Redirector.ReadCounters().Unattributed);
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(5)]
    [DataRow(87)]
    [DataRow(122)]
    [DataRow(232)]
    [DataRow(433)]
    [DataRow(577)]
    [DataRow(654)]
    [DataRow(995)]
    [DataRow(997)]
    [DataRow(1058)]
    [DataRow(1060)]
    [DataRow(1062)]
    [DataRow(1072)]
    [DataRow(1214)]
    [DataRow(1232)]
    [DataRow(1275)]
    [DataRow(1392)]
    [DataRow(1753)]
    [DataRow(4711)]
    public async Task A_handle_that_answers_nothing_but_an_error_is_not_left_holding_packets(int code)
    {
        await using var machine = new SimMachine(5);
        await machine.StartAsync();
        machine.Driver.Fail(new DivertError(code));
        var app = machine.Connect(50_001);
        Assert.IsTrue(machine.RunUntil(() => app.IsEstablished, TimeSpan.FromSeconds(1)));
        Assert.AreEqual(RedirectorState.Unavailable, machine.Redirector.Health.State);
    }

    [TestMethod]
    public async Task Another_program_that_diverts_packets_costs_the_redirection_and_not_the_connection()
    {
        await using var machine = new SimMachine(6);
        await machine.StartAsync();
        Assert.IsTrue(machine.Driver.Open("outbound and tcp.Syn", DivertLayer.Network, 500, DivertFlags.None, out var foreign).Succeeded);
        var batch = new PacketBatch(16, PacketBatch.MaxPacketLength);
        machine.Threads.Start("foreign", ThreadPriority.Normal, () =>
        {
            batch.Clear();
            return foreign!.Receive(batch).Succeeded && (batch.Count == 0 || foreign.Send(batch).Succeeded) ? TimeSpan.Zero : null;
        });
        machine.ConnectEvent(50_001, false, SimMachine.Selected, _soon);
        EngineSimulationTests.Converse(machine, machine.Connect(50_001), atListener: false);
        foreign!.Dispose();
        machine.ConnectEvent(50_002, false, SimMachine.Selected, _soon);
        EngineSimulationTests.Converse(machine, machine.Connect(50_002), atListener: true);
    }

    [TestMethod]
    public async Task A_queue_that_overflows_loses_packets_that_TCP_sends_again()
    {
        await using var machine = new SimMachine(7);
        await machine.StartAsync();
        var app = Established(machine, 50_001);
        app.Write([1, 2, 3]);
        machine.Run(_soon);
        var flood = SimPacket.Tcp(SimMachine.KeyOf(51_000, false), TcpFlags.Ack, 1);
        for (var i = 0; i < 20_000; i++)
        {
            machine.Driver.Packet(flood, SimPacket.Outbound(false));
        }

        Assert.IsGreaterThan(3000, machine.Driver.Dropped);
        Finish(machine, app, [1, 2, 3], atListener: true);
        Assert.AreEqual(RedirectorState.Active, machine.Redirector.Health.State);
    }

    [TestMethod]
    public async Task At_the_cap_of_the_flow_table_connections_pass_and_are_counted()
    {
        await using var machine = new SimMachine(8, new EngineOptions { Flows = new FlowTableOptions { Capacity = 4 } });
        await machine.StartAsync();
        var apps = Enumerable.Range(50_001, 10).Select(port =>
        {
            machine.ConnectEvent((ushort)port, false, SimMachine.Selected, TimeSpan.Zero);
            machine.Run(_soon);
            return machine.Connect((ushort)port);
        }).ToArray();
        machine.Run(TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < apps.Length; i++)
        {
            Finish(machine, apps[i], [], atListener: i < 4);
        }

        Assert.AreEqual((4, 6), (machine.Redirector.ReadCounters().Redirected, machine.Redirector.ReadCounters().Lost));
    }

    [TestMethod]
    public async Task A_driver_that_talks_nonsense_is_survived_and_counted()
    {
        await using var machine = new SimMachine(9);
        await machine.StartAsync();
        machine.Driver.Tamper = batch =>
        {
            var random = machine.Random;
            switch (random.Next(4))
            {
                case 0:
                    batch.Filled(random.Next(-100, 70_000), random.Next(-2, 300));
                    break;
                case 1:
                    random.NextBytes(batch.Buffer[..batch.Length]);
                    break;
                case 2:
                    batch.Addresses[0] = new DivertAddress { Timestamp = random.NextInt64(), Flags = (DivertAddressFlags)random.Next(256), ProcessId = (uint)random.Next() };
                    break;
            }
        };
        machine.ToleratesNonsense = true;
        for (ushort port = 50_001; port < 50_100; port++)
        {
            machine.ConnectEvent(port, port % 2 == 0, SimMachine.Selected, TimeSpan.Zero);
            machine.Connect(port, port % 2 == 0).Write(new byte[500]);
            machine.Run(TimeSpan.FromMilliseconds(5));
        }

        machine.Driver.Tamper = static _ => { };
        Assert.IsGreaterThan(0, machine.Redirector.ReadCounters().Malformed);
        Assert.IsTrue(machine.RunUntil(() => machine.Redirector.Health.State == RedirectorState.Active, TimeSpan.FromSeconds(40)));
        machine.ConnectEvent(51_000, false, SimMachine.Selected, _soon);
        EngineSimulationTests.Converse(machine, machine.Connect(51_000), atListener: true);
    }

    private static void Finish(SimMachine machine, SimTcp app, byte[] written, bool atListener)
    {
        var key = app.Key;
        app.Write([7, 8, 9]);
        app.Close();
        Assert.IsTrue(machine.RunUntil(() => app.IsDone, _long));
        CollectionAssert.AreEqual(written.Concat(new byte[] { 7, 8, 9 }).ToArray(), app.Received);
        Assert.AreEqual(atListener, machine.ListenerConnections.ContainsKey(new FlowKey(key.Local, key.Remote, SimMachine.ListenerPort, key.LocalPort, key.IsV6)));
    }

    private static SimTcp Established(SimMachine machine, ushort port)
    {
        machine.ConnectEvent(port, false, SimMachine.Selected, _soon);
        var app = machine.Connect(port);
        Assert.IsTrue(machine.RunUntil(() => app.IsEstablished, _long));
        return app;
    }
}
