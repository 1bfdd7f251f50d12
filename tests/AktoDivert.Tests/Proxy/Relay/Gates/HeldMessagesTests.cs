using System.Text;
using AktoDivert.Core.Guarding;
using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Relay.WebSockets;

namespace AktoDivert.Tests.Proxy.Relay.Gates;

[TestClass]
public sealed class HeldMessagesTests : IDisposable
{
    private static readonly byte[] Ping = [0x89, 0x00];

    private readonly MemoryStream _wire = new();
    private readonly MemoryStream _passed = new();
    private readonly WebSocketMessageReader _reader = new(fromApp: false, deflate: false, keepsContext: false, new GateOptions());
    private readonly HeldMessages _held;
    private int _taken;

    public HeldMessagesTests() => _held = new HeldMessages(_reader, (message, instead) =>
    {
        _passed.Write(instead is { } bytes ? bytes.Span : _wire.GetBuffer().AsSpan(_taken, message.WireBytes));
        _taken += message.WireBytes;
    });

    public void Dispose()
    {
        _reader.Dispose();
        _wire.Dispose();
        _passed.Dispose();
    }

    [TestMethod]
    public void What_came_between_two_messages_stays_between_them()
    {
        Take(Text("one"), new GuardDecision { Passes = [] });
        Take(Ping, null);
        Assert.AreEqual(0, _passed.Length);
        Assert.AreEqual(7, _held.WireBytes);
        Take(Text("two"), new GuardDecision { Passes = [Bytes("one"), Bytes("two")] });
        AssertPassed([.. Text("one"), .. Ping, .. Text("two")]);
    }

    [TestMethod]
    public void The_oldest_pass_masked_and_the_newest_wait_on()
    {
        Take(Text("one"), new GuardDecision { Passes = [] });
        Take(Text("two"), new GuardDecision { Passes = [Bytes("***")] });
        Take(Ping, null);
        CollectionAssert.AreEqual(Text("***"), _passed.ToArray());
        _held.Release(new GuardDecision { Passes = [Bytes("two")] });
        AssertPassed([.. Text("***"), .. Text("two"), .. Ping]);
    }

    [TestMethod]
    public void Of_what_is_blocked_nothing_passes_but_control_frames()
    {
        Take(Text("one"), new GuardDecision { Passes = [] });
        Take(Ping, null);
        Take(Text("two"), new GuardDecision { Verdict = Verdict.Block });
        Take(Text("three"), GuardDecision.Allow);
        AssertPassed([.. Ping, .. Text("three")]);
    }

    [TestMethod]
    public void What_a_guard_that_failed_does_not_know_of_passes_as_it_came()
    {
        Take(Text("one"), new GuardDecision { Passes = [] });
        Take(Text("two"), GuardDecision.Allow);
        Take(Text("three"), new GuardDecision { Passes = [] });
        _held.Release(GuardDecision.Allow);
        AssertPassed([.. Text("one"), .. Text("two"), .. Text("three")]);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Text(string text) => WebSocketFrames.Text(Bytes(text)).ToArray();

    private void Take(byte[] frame, GuardDecision? decision)
    {
        _wire.Write(frame);
        _reader.Append(frame);
        Assert.IsTrue(_reader.TryRead(out var message));
        Assert.AreEqual(decision is not null, message.Judge);
        if (decision is not null)
        {
            _held.Carry(message, decision);
        }
        else
        {
            _held.PassUnjudged(message);
        }
    }

    private void AssertPassed(byte[] expected)
    {
        CollectionAssert.AreEqual(expected, _passed.ToArray());
        Assert.IsTrue(_held.IsEmpty);
        Assert.AreEqual(0, _held.WireBytes);
        Assert.AreEqual(_wire.Length, _taken);
    }
}
