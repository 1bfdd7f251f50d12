using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;
using AktoDivert.Tests.Redirect.Simulation;

namespace AktoDivert.Tests.Redirect.Flows;

/// <summary>The rules of the flow table, one each.</summary>
[TestClass]
public sealed class FlowTableTests
{
    private const long Millisecond = 10_000;
    private const long Second = 1000 * Millisecond;
    private static readonly FlowKey _key = SimMachine.KeyOf(50_001, v6: false);
    private static readonly Attribution _meant = Of(100, true);
    private static readonly Attribution _other = Of(101, false);
    private static readonly Attribution _kernel = Of(Attribution.KernelProcessId, false);
    private long _now = 1000 * Second;

    [TestMethod]
    public void A_SYN_without_an_event_is_held_and_the_event_releases_it()
    {
        var table = NewTable();
        Assert.AreEqual(FlowAction.Hold, Syn(table, _key));
        var released = table.OnConnect(_key, _meant, _now - Millisecond, _now);
        Assert.AreEqual(FlowAction.Reflect, released?.Action);
        CollectionAssert.AreEqual(SimPacket.Tcp(_key, TcpFlags.Syn, 7), released!.Value.Packet);
        Assert.AreEqual((0, 1), (table.PendingCount, table.RedirectedCount));
        Assert.AreEqual(100, table.FindReflected(_key)!.Attribution!.Process.Pid);
    }

    [TestMethod]
    [DataRow(-5_000, FlowAction.Hold, DisplayName = "waited for over 5 s")]
    [DataRow(-4_999, FlowAction.Reflect, DisplayName = "waited for less")]
    [DataRow(0, FlowAction.Reflect, DisplayName = "just came")]
    public void An_event_before_its_SYN_decides_at_once_for_five_seconds(int milliseconds, object action)
    {
        var table = NewTable();
        Assert.IsNull(table.OnConnect(_key, _meant, _now + (milliseconds * Millisecond), _now + (milliseconds * Millisecond)));
        Assert.AreEqual(action, Syn(table, _key));
        Assert.AreEqual(action, Syn(table, _key), "the event of another connection was used twice");
    }

    [TestMethod]
    public void An_event_from_after_the_SYN_belongs_to_the_next_connection()
    {
        var table = NewTable();
        Assert.AreEqual(FlowAction.Hold, Syn(table, _key));
        Assert.IsNull(table.OnConnect(_key, _meant, _now + (6 * Millisecond), _now));
        Assert.AreEqual(1, table.PendingCount);
        _now += 10 * Millisecond;
        Assert.AreEqual(FlowAction.Reflect, Syn(table, _key, sequence: 8));
    }

    [TestMethod]
    public void A_repeated_SYN_gets_the_same_answer_and_is_held_once()
    {
        var table = NewTable();
        Assert.AreEqual(FlowAction.Hold, Syn(table, _key));
        Assert.AreEqual(FlowAction.Hold, Syn(table, _key));
        Assert.AreEqual(1, table.PendingCount);
        table.OnConnect(_key, _meant, _now, _now);
        Assert.AreEqual(FlowAction.Reflect, Syn(table, _key));
        Assert.AreEqual((1, 1), (table.Count, table.ReadCounters().Seen));
    }

    [TestMethod]
    public void Another_sequence_number_is_another_connection_even_of_a_redirected_flow()
    {
        var table = NewTable();
        Redirect(table, _key);
        var first = table.FindReflected(_key)!.Id;
        table.OnConnect(_key, _other, _now + (20 * Millisecond), _now);
        _now += 20 * Millisecond;
        Assert.AreEqual(FlowAction.Pass, Syn(table, _key, sequence: 8));
        Assert.AreEqual((1, 0, 1), (table.Count, table.RedirectedCount, table.ReadCounters().Reused));
        Assert.AreEqual(FlowAction.Pass, App(table, _key, TcpFlags.Ack));
        Assert.AreEqual(FlowAction.Drop, Proxy(table, _key, TcpFlags.Ack));
        Redirect(table, _key, sequence: 9);
        Assert.IsGreaterThan(first, table.FindReflected(_key)!.Id);
    }

    [TestMethod]
    public void A_repeated_SYN_shows_that_a_flow_has_not_ended()
    {
        var table = NewTable();
        Redirect(table, _key);

        // The listener still had an older connection on the ports; the app answers that with a reset and tries again (RFC 9293 3.5.1).
        App(table, _key, TcpFlags.Rst);
        Assert.AreEqual(0, table.RedirectedCount);
        Assert.AreEqual(FlowAction.Reflect, Syn(table, _key));
        Assert.AreEqual(1, table.RedirectedCount);
        Pass(table, 200 * Second);
        Assert.AreEqual(1, table.RedirectedCount);
    }

    [TestMethod]
    public void The_kernel_takes_no_connection_that_is_a_processs_in_any_order()
    {
        var table = NewTable();
        table.OnConnect(_key, _kernel, _now, _now);
        table.OnConnect(_key, _meant, _now, _now);
        table.OnConnect(_key, _kernel, _now, _now);
        Assert.AreEqual(FlowAction.Reflect, Syn(table, _key));
        Assert.IsNull(table.OnConnect(_key, _kernel, _now, _now));
        Assert.AreEqual(FlowAction.Reflect, App(table, _key, TcpFlags.Ack));
        var own = _key with { LocalPort = 50_002 };
        table.OnConnect(own, _kernel, _now, _now);
        Assert.AreEqual(FlowAction.Pass, Syn(table, own));
    }

    [TestMethod]
    public void The_connection_table_is_asked_when_the_events_are_past_the_SYN_or_late()
    {
        var table = NewTable();
        Syn(table, _key);
        Assert.IsEmpty(Unanswered(table));
        table.OnWatermark(_now);
        Assert.IsEmpty(Unanswered(table));
        table.OnWatermark(_now + 1);
        var flow = Unanswered(table).Single();
        Assert.IsEmpty(Unanswered(table), "asked twice");
        Assert.AreEqual(FlowAction.Reflect, table.OnOwner(flow, _meant, _now)?.Action);
        Assert.IsNull(table.OnOwner(flow, _meant, _now), "released twice");

        Syn(table, _key with { LocalPort = 50_002 });
        _now += 20 * Millisecond;
        Assert.HasCount(1, Unanswered(table));
        Assert.AreEqual(1, table.ReadCounters().FromTable);
    }

    [TestMethod]
    public void Nobody_knows_for_fifty_milliseconds_so_it_passes_and_is_counted()
    {
        var table = NewTable();
        Syn(table, _key);
        _now += (50 * Millisecond) - 1;
        Assert.IsEmpty(Overdue(table));
        _now++;
        Assert.AreEqual(FlowAction.Pass, Overdue(table).Single().Action);
        Assert.AreEqual((0, 1), (table.PendingCount, table.ReadCounters().Unattributed));
        Assert.IsNull(table.OnConnect(_key, _meant, _now - (60 * Millisecond), _now), "a decision stays");
        Assert.AreEqual(FlowAction.Pass, App(table, _key, TcpFlags.Ack));
    }

    [TestMethod]
    public void What_no_flow_is_known_for_passes_or_does_not_leave()
    {
        var table = NewTable();
        Assert.AreEqual(FlowAction.Pass, App(table, _key, TcpFlags.Ack));
        Assert.AreEqual(FlowAction.Drop, Proxy(table, _key, TcpFlags.Ack));
        Assert.AreEqual((0, 1, 1), (table.Count, table.ReadCounters().UnknownPassed, table.ReadCounters().StrayDropped));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void An_ended_flow_is_reflected_for_a_minute_and_leaves_a_tombstone_for_two(bool reset)
    {
        var table = NewTable();
        Redirect(table, _key);
        App(table, _key, reset ? TcpFlags.Rst : TcpFlags.Fin | TcpFlags.Ack);
        Assert.AreEqual(reset ? 0 : 1, table.RedirectedCount, "one FIN is half an end");
        Proxy(table, _key, TcpFlags.Fin | TcpFlags.Ack);
        Assert.AreEqual(0, table.RedirectedCount);
        Assert.AreEqual(FlowAction.Reflect, App(table, _key, TcpFlags.Ack), "the last acknowledgement");

        Pass(table, 59 * Second);
        Assert.IsNotNull(table.FindReflected(_key));
        Pass(table, 2 * Second);
        Assert.IsNull(table.FindReflected(_key), "no new connection is accepted for a tombstone");
        Assert.AreEqual(FlowAction.Reflect, Proxy(table, _key, TcpFlags.Ack), "nothing leaks to the server");
        Pass(table, 121 * Second);
        Assert.AreEqual((0, FlowAction.Drop), (table.Count, Proxy(table, _key, TcpFlags.Ack)));
    }

    [TestMethod]
    public void Silence_ends_a_flow_after_two_hours_and_after_its_sockets_end_in_half_a_minute()
    {
        var table = NewTable();
        Redirect(table, _key);
        Pass(table, 7199 * Second);
        Assert.AreEqual(1, table.RedirectedCount);
        Pass(table, Second);
        Assert.AreEqual(0, table.RedirectedCount);

        Redirect(table, _key, sequence: 8);
        table.OnSocketClosed(_key, _now);
        Pass(table, 29 * Second);
        App(table, _key, TcpFlags.Ack);
        Pass(table, 29 * Second);
        Assert.AreEqual(1, table.RedirectedCount, "packets still follow");
        Pass(table, Second);
        Assert.AreEqual(0, table.RedirectedCount);
    }

    [TestMethod]
    public void At_the_cap_decisions_to_pass_go_first_then_tombstones_and_redirected_flows_never()
    {
        var table = NewTable(new FlowTableOptions { Capacity = 3 });
        var keys = Enumerable.Range(0, 6).Select(i => _key with { LocalPort = (ushort)(50_001 + i) }).ToArray();
        Redirect(table, keys[0]);
        foreach (var key in keys[1..3])
        {
            table.OnConnect(key, _other, _now, _now);
            Syn(table, key);
        }

        App(table, keys[1], TcpFlags.Ack);
        Redirect(table, keys[3]);
        Assert.AreEqual(FlowAction.Reflect, App(table, keys[0], TcpFlags.Ack));
        Assert.AreEqual(FlowAction.Pass, Syn(table, keys[1]), "the one that was used last stays known");
        Assert.AreEqual(4, table.ReadCounters().Seen, "keys[1] was not opened again");
        Redirect(table, keys[4]);
        Assert.AreEqual(FlowAction.Pass, Syn(table, keys[5]));
        Assert.AreEqual((3, 3, 1), (table.Count, table.RedirectedCount, table.ReadCounters().Refused));

        App(table, keys[0], TcpFlags.Rst);
        Pass(table, 61 * Second);
        Redirect(table, keys[5]);
        Assert.AreEqual(FlowAction.Pass, App(table, keys[0], TcpFlags.Ack), "its tombstone made place");
    }

    [TestMethod]
    public void More_SYNs_than_may_be_held_pass_and_are_counted()
    {
        var table = NewTable();
        var held = Enumerable.Range(0, 2049).Count(i => Syn(table, _key with { Remote = (uint)i }) == FlowAction.Hold);
        Assert.AreEqual((2048, 2048, 1), (held, table.PendingCount, table.ReadCounters().Refused));
    }

    [TestMethod]
    public void Two_flows_that_the_listener_could_not_tell_apart_are_never_both_reflected()
    {
        var table = NewTable();
        var second = _key with { RemotePort = 8443 };
        Redirect(table, _key);
        table.OnConnect(second, _meant, _now, _now);
        Assert.AreEqual(FlowAction.Pass, Syn(table, second));
        Assert.AreEqual(1, table.ReadCounters().Refused);
    }

    [TestMethod]
    public void Own_connections_suspension_and_a_missing_listener_pass()
    {
        var table = NewTable(new FlowTableOptions { OwnPorts = (40_000, 40_009) }, hasV6: false);
        Assert.AreEqual(FlowAction.Pass, Syn(table, _key with { LocalPort = 40_009 }));
        var v6 = SimMachine.KeyOf(50_001, v6: true);
        table.OnConnect(v6, _meant, _now, _now);
        Assert.AreEqual(FlowAction.Pass, Syn(table, v6));
        Redirect(table, _key);
        table.IsSuspended = true;
        var late = _key with { LocalPort = 50_002 };
        table.OnConnect(late, _meant, _now, _now);
        Assert.AreEqual(FlowAction.Pass, Syn(table, late));
        Assert.AreEqual(FlowAction.Reflect, App(table, _key, TcpFlags.Ack), "what is redirected stays so");
        var counters = table.ReadCounters();
        Assert.AreEqual((1, 1, 1, 1), (counters.Own, counters.NoListener, counters.Suspended, counters.Redirected));
    }

    [TestMethod]
    public void Sequence_numbers_are_followed_over_the_wrap_for_an_exact_reset()
    {
        var table = NewTable();
        Redirect(table, _key, sequence: 0xfffffffe);
        Proxy(table, _key, TcpFlags.Syn | TcpFlags.Ack, 0xffffffff, 0xffffffff);
        App(table, _key, TcpFlags.Ack, 0xffffffff, 0, new byte[10]);
        App(table, _key, TcpFlags.Ack, 0xffffffff, 0, new byte[3]);
        Proxy(table, _key, TcpFlags.Ack, 0, 9, new byte[5]);
        var flow = table.FindReflected(_key)!;
        Assert.AreEqual((9u, 5u, 0u, true), (flow.NextFromApp, flow.NextFromProxy, flow.AcknowledgedByApp, flow.Answered));
    }

    [TestMethod]
    public void Flushing_hands_over_what_is_redirected_and_held()
    {
        var table = NewTable();
        Redirect(table, _key);
        Syn(table, _key with { LocalPort = 50_002 });
        var redirected = new List<FlowEntry>();
        var held = new List<ReleasedSyn>();
        table.Flush(redirected, held, _now);
        Assert.AreEqual(_key, redirected.Single().Key);
        Assert.AreEqual(FlowAction.Pass, held.Single().Action);
        Assert.AreEqual((0, 0, 0, 1), (table.Count, table.PendingCount, table.RedirectedCount, table.ReadCounters().Unattributed));
    }

    private static Attribution Of(int process, bool redirect) => new(new ProcessIdentity { Pid = process, Name = "p" }, redirect, redirect);

    private static FlowTable NewTable(FlowTableOptions? options = null, bool hasV6 = true) => new(options ?? new FlowTableOptions(), Second) { HasV6Listener = hasV6 };

    private static TcpSegment Parse(byte[] packet)
    {
        Assert.IsTrue(IPPacket.TryParse(packet, out var ip) & TcpSegment.TryParse(ip, out var segment));
        return segment;
    }

    private FlowAction Syn(FlowTable table, FlowKey key, uint sequence = 7)
    {
        var packet = SimPacket.Tcp(key, TcpFlags.Syn, sequence);
        return table.OnSyn(key, Parse(packet), packet, new DivertAddress { Timestamp = _now }, _now);
    }

    private FlowAction App(FlowTable table, FlowKey key, TcpFlags flags, uint sequence = 8, uint acknowledgement = 0, byte[]? payload = null) =>
        table.OnAppSegment(key, Parse(SimPacket.Tcp(key, flags, sequence, acknowledgement, payload)), _now, out _);

    private FlowAction Proxy(FlowTable table, FlowKey key, TcpFlags flags, uint sequence = 8, uint acknowledgement = 0, byte[]? payload = null) =>
        table.OnProxySegment(key with { RemotePort = 0 }, Parse(SimPacket.Tcp(key, flags, sequence, acknowledgement, payload)), _now, out _);

    private void Redirect(FlowTable table, FlowKey key, uint sequence = 7)
    {
        _now += 10 * Millisecond;
        table.OnConnect(key, _meant, _now, _now);
        Assert.AreEqual(FlowAction.Reflect, Syn(table, key, sequence));
    }

    private void Pass(FlowTable table, long time)
    {
        _now += time;
        table.Expire(_now);
    }

    private List<FlowEntry> Unanswered(FlowTable table)
    {
        var flows = new List<FlowEntry>();
        table.TakeUnanswered(_now, flows);
        return flows;
    }

    private List<ReleasedSyn> Overdue(FlowTable table)
    {
        var syns = new List<ReleasedSyn>();
        table.TakeOverdue(_now, syns);
        return syns;
    }
}
