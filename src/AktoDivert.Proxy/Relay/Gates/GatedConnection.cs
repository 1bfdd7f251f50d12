using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Proxy.Relay.Http1.Gate;
using AktoDivert.Proxy.Relay.Http2.Gate;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>
/// The data path of an intercepted flow whose policy enforces: as <see cref="RelayConnection"/>, with a gate between the ends. The tap sees the
/// connection as the app does: what it sent, and what it got.
/// </summary>
internal sealed class GatedConnection(GateOptions options, IGuard guard, AgentCounters counters, TimeProvider time)
{
    /// <summary>Relays until both sides are done or the gate ends the connection.</summary>
    public async Task<DuplexResult> RunAsync(TlsEnd app, TlsEnd upstream, IConnectionTap tap, Flow flow, Action appSpoke)
    {
        void ReadUp(ReadOnlySpan<byte> bytes)
        {
            if (flow.BytesUp == 0)
            {
                appSpoke();
            }

            flow.AddBytesUp(bytes.Length);
            tap.Feed(RelayDirection.Up, bytes);
        }

        void PassingDown(ReadOnlySpan<byte> bytes)
        {
            flow.AddBytesDown(bytes.Length);
            tap.Feed(RelayDirection.Down, bytes);
        }

        void Abort()
        {
            app.Socket.Reset();
            upstream.Socket.Reset();
        }

        var up = new GateOutput(upstream.WriteAsync);
        var down = new GateOutput(app.WriteAsync, PassingDown, () => tap.Forwarded(RelayDirection.Down));
        var context = new GateContext(guard, flow, tap, options, counters, time);
        counters.Add("gate.connections");
        using IConnectionGate gate = flow.NegotiatedProtocol == "h2" ? new Http2Gate(context, up, down) : new Http1Gate(context, up, down);
        var limit = options.CloseLimit;

        // What the app still sends goes nowhere, and an app that keeps a connection which we ended is not waited for longer.
        ITimer? closing = null;
        void Answered()
        {
            up.Discard();
            closing = time.CreateTimer(_ => app.Socket.Reset(), null, limit, Timeout.InfiniteTimeSpan);
        }

        try
        {
            return await Duplex.RunAsync(
                EndOfAsync(
                    RelayDirection.Up,
                    new(RelayDirection.Up, app, upstream, gate, up, ReadUp, () => tap.Forwarded(RelayDirection.Up), static () => { }, limit, time), tap),
                EndOfAsync(
                    RelayDirection.Down,
                    new(RelayDirection.Down, upstream, app, gate, down, static _ => { }, static () => { }, Answered, limit, time), tap),
                Abort);
        }
        finally
        {
            closing?.Dispose();
            tap.Close();
        }
    }

    private async Task<PumpResult> EndOfAsync(RelayDirection direction, GatePump pump, IConnectionTap tap)
    {
        PumpResult result;
        try
        {
            result = await pump.RunAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Bytes of the connection may be held or lost in the gate: it can only be ended, never passed on.
            counters.Add("gate.ended.internal-fault");
            result = PumpResult.TargetAborted(e);
        }

        if (result.Fault is GateException fault)
        {
            counters.Add("gate.ended." + fault.Slug);
        }

        tap.End(direction, aborted: result.End != PumpEnd.Finished);
        return result;
    }
}
