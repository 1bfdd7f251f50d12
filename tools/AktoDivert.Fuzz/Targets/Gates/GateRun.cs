using System.Net;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Relay.Http1.Gate;
using AktoDivert.Proxy.Relay.Http2.Gate;

namespace AktoDivert.Fuzz.Targets.Gates;

/// <summary>A gate between two byte arrays: what each side sent, and what reached each side.</summary>
internal sealed class GateRun : IDisposable
{
    private readonly MemoryStream[] _sent = [new(), new()];
    private readonly MemoryStream[] _reached = [new(), new()];
    private readonly bool[] _ended = new bool[2];
    private readonly IConnectionGate _gate;

    public GateRun(string protocol, WordGuard guard, GateOptions? options = null)
    {
        var process = new ProcessIdentity { Pid = 1, Name = "app" };
        var flow = new Flow(new RedirectedFlow(1, new IPEndPoint(IPAddress.Loopback, 443), process), default) { NegotiatedProtocol = protocol };
        options = (options ?? new()) with { CloseLimit = TimeSpan.Zero };
        var context = new GateContext(guard, flow, new UnseenTap(), options, Counters, new StoppedTime());
        var (up, down) = (Output(0), Output(1));
        _gate = protocol == "h2" ? new Http2Gate(context, up, down) : new Http1Gate(context, up, down);
    }

    public AgentCounters Counters { get; } = new();

    /// <summary>Why the gate ended the connection; null when it did not.</summary>
    public GateException? Fault { get; private set; }

    /// <summary>What a side sent, as far as the gate took it.</summary>
    public ReadOnlySpan<byte> Sent(RelayDirection direction) => _sent[(int)direction].GetBuffer().AsSpan(0, (int)_sent[(int)direction].Length);

    /// <summary>What reached the other side.</summary>
    public ReadOnlySpan<byte> Reached(RelayDirection direction) =>
        _reached[(int)direction].GetBuffer().AsSpan(0, (int)_reached[(int)direction].Length);

    /// <summary>Plays a <see cref="TapScript"/>, whole or mutated, and ends both directions.</summary>
    /// <param name="script">The script.</param>
    /// <param name="protocol">ALPN name.</param>
    /// <param name="guard">The guard.</param>
    /// <param name="cut">How each record is cut: where its first piece ends, and the length of those behind; both at least 1.</param>
    public static GateRun Play(ReadOnlySpan<byte> script, string protocol, WordGuard guard, (int First, int Next) cut)
    {
        var run = new GateRun(protocol, guard);
        while (script.Length > 3)
        {
            var direction = (script[0] & 1) == 0 ? RelayDirection.Up : RelayDirection.Down;
            var length = Math.Min((script[1] << 8) | script[2], script.Length - 3);
            run.Feed(direction, script.Slice(3, length), cut);
            script = script[(3 + length)..];
        }

        run.End(RelayDirection.Up);
        run.End(RelayDirection.Down);
        return run;
    }

    public GateRun Feed(RelayDirection direction, ReadOnlySpan<byte> bytes, (int First, int Next) cut)
    {
        for (var next = cut.First; !bytes.IsEmpty && Fault is null && !_ended[(int)direction]; next = cut.Next)
        {
            var piece = bytes[..Math.Min(next, bytes.Length)].ToArray();
            bytes = bytes[piece.Length..];
            _sent[(int)direction].Write(piece);
            Do(() => _ended[(int)direction] = !_gate.PassAsync(direction, piece).AsTask().GetAwaiter().GetResult());
        }

        return this;
    }

    public GateRun Up(ReadOnlySpan<byte> bytes) => Feed(RelayDirection.Up, bytes, (int.MaxValue, int.MaxValue));

    public GateRun Down(ReadOnlySpan<byte> bytes) => Feed(RelayDirection.Down, bytes, (int.MaxValue, int.MaxValue));

    public void Dispose() => _gate.Dispose();

    private GateOutput Output(int side) => new(bytes => _reached[side].WriteAsync(bytes));

    private void End(RelayDirection direction)
    {
        if (Fault is null && !_ended[(int)direction])
        {
            Do(() => _gate.EndAsync(direction).AsTask().GetAwaiter().GetResult());
        }
    }

    private void Do(Action step)
    {
        try
        {
            step();
            if (_gate is Http2Gate http2)
            {
                http2.WhenJudgedAsync().GetAwaiter().GetResult();
                if (!http2.IsBalanced())
                {
                    throw new InvalidOperationException("the flow-control ledger does not hold what the queues hold");
                }
            }
        }
        catch (GateException fault)
        {
            Fault = fault;
        }
    }
}
