using System.Diagnostics;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>
/// Flow control (RFC 9113 section 5.2) of one direction, source to gate to sink, of a connection or a stream, where the gate holds, drops and
/// injects bytes. Invariant: what the source believes it may send is what the sink granted, plus what the gate lent, minus what it holds.
/// </summary>
internal sealed class FlowWindow(long initial)
{
    /// <summary>Bytes that the sink lets the gate send. May be negative on a stream, after SETTINGS (section 6.9.2).</summary>
    public long Sink { get; private set; } = initial;

    /// <summary>Bytes that the gate lent the source beyond what the sink granted, or owes it.</summary>
    public long Debt { get; private set; }

    /// <summary>Bytes received and not sent.</summary>
    public long Held { get; private set; }

    /// <summary>Bytes that the source believes it may send.</summary>
    public long Source { get; private set; } = initial;

    /// <summary>A DATA frame came: <paramref name="count"/> is its payload, padding included.</summary>
    public void Receive(long count)
    {
        Source -= count;
        Held += count;
        Verify();
    }

    /// <summary>Bytes went to the sink.</summary>
    public void Send(long count)
    {
        Sink -= count;
        Held -= count;
        Verify();
    }

    /// <summary>A WINDOW_UPDATE of our own goes to the source.</summary>
    public void Grant(long count)
    {
        Source += count;
        Debt += count;
        Verify();
    }

    /// <summary>Held bytes never reach the sink. Returns what is then to be granted, 0 for nothing.</summary>
    public long Drop(long count)
    {
        Held -= count;
        Debt -= count;
        Verify();
        return Math.Max(0, -Debt);
    }

    /// <summary>Held bytes never reach the sink, and the source needs no credit for them: its stream is over.</summary>
    public void Forget(long count)
    {
        Held -= count;
        Source += count;
        Verify();
    }

    /// <summary>Bytes of our own are to be sent.</summary>
    public void Inject(long count)
    {
        Held += count;
        Debt += count;
        Verify();
    }

    /// <summary>
    /// The sink granted bytes. Returns how many of them the source is to be told of: credit that was lent is paid back first, but only once the
    /// bytes that it was lent against are gone.
    /// </summary>
    public long Granted(long count)
    {
        Sink += count;
        var paid = Math.Clamp(Debt - Held, 0, count);
        Debt -= paid;
        Source += count - paid;
        Verify();
        return count - paid;
    }

    /// <summary>SETTINGS_INITIAL_WINDOW_SIZE changed by that much, and the source acknowledged it.</summary>
    public void Shift(long delta)
    {
        Sink += delta;
        Source += delta;
        Verify();
    }

    [Conditional("DEBUG")]
    private void Verify() => Debug.Assert(Source == Sink + Debt - Held, $"flow ledger: {Source} != {Sink} + {Debt} - {Held}");
}
