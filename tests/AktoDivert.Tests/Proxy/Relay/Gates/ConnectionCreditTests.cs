using System.Buffers.Binary;
using AktoDivert.Fuzz.Targets;
using AktoDivert.Fuzz.Targets.Gates;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Relay.Http2;

namespace AktoDivert.Tests.Proxy.Relay.Gates;

/// <summary>The credit that an app has left for the whole of an HTTP/2 connection while the gate holds some of its streams.</summary>
[TestClass]
public sealed class ConnectionCreditTests
{
    private const int InitialWindow = 65535;
    private const int FrameBytes = 16000;

    [TestMethod]
    public void What_a_refused_stream_sends_does_not_use_up_what_held_streams_wait_for()
    {
        using var run = new GateRun("h2", new WordGuard());
        run.Down(Http2Script.Server().ToArray());
        run.Up(Http2Script.Client().Headers(1, false, ":method=POST", ":path=/").Headers(3, false, ":method=POST", ":path=/").ToArray());
        run.Up(new Http2Script().Headers(5, false, ":method=POST", ":path=/deny").ToArray());
        var sent = 0;
        foreach (var held in (int[])[1, 1, 1, 3, 3, 3])
        {
            run.Up(new Http2Script().Data(held, false, new byte[FrameBytes]).ToArray());
            sent += FrameBytes;
        }

        // More is held than the window is large: all credit is lent, and refused bytes pay it back.
        for (var i = 0; i < 10; i++)
        {
            var credit = Credit(run, sent);
            Assert.IsGreaterThan(0, credit, $"nothing is left after {sent} bytes");
            var count = Math.Min(FrameBytes, credit);
            run.Up(new Http2Script().Data(5, false, new byte[count]).ToArray());
            sent += count;
        }

        Assert.IsNull(run.Fault);
    }

    private static int Credit(GateRun run, int sent)
    {
        var granted = 0;
        for (var frames = run.Reached(RelayDirection.Down); frames.Length >= Http2FrameHeader.Size;)
        {
            var header = Http2FrameHeader.Read(frames);
            if (header is { Type: Http2FrameType.WindowUpdate, StreamId: 0 })
            {
                granted += BinaryPrimitives.ReadInt32BigEndian(frames[Http2FrameHeader.Size..]);
            }

            frames = frames[(Http2FrameHeader.Size + header.Length)..];
        }

        return InitialWindow + granted - sent;
    }
}
