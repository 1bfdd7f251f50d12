using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>One end of a TCP connection: one unit under way at a time, sent again until it is acknowledged; resets as RFC 5961 has them.</summary>
/// <param name="key">This end and the other.</param>
/// <param name="isn">Initial sequence number.</param>
/// <param name="send">Takes segments.</param>
/// <param name="clock">For sending again.</param>
internal sealed class SimTcp(FlowKey key, uint isn, Action<byte[]> send, SimClock clock)
{
    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(200);
    private readonly Queue<(TcpFlags Flags, byte[] Payload)> _units = new();
    private (TcpFlags Flags, byte[] Payload)? _underWay;
    private uint _next;
    private uint _expected;
    private long _sent;
    private bool _peerKnown;

    internal FlowKey Key => key;

    internal List<byte> Received { get; } = [];

    internal bool IsEstablished { get; private set; }

    internal bool IsReset { get; private set; }

    internal bool PeerClosed { get; private set; }

    internal bool OwnClosed { get; private set; }

    /// <summary>Whether this end was told to close.</summary>
    internal bool IsClosing { get; private set; }

    internal bool IsDone => PeerClosed && OwnClosed;

    internal Action<SimTcp, byte[]> OnData { get; set; } = static (_, _) => { };

    internal Action<SimTcp> OnPeerClosed { get; set; } = static _ => { };

    public override string ToString() =>
        $"{key} (established {IsEstablished}, closed {OwnClosed}, peer closed {PeerClosed}, {_units.Count} to send, {Received.Count} received)";

    internal void Connect() => Start();

    internal void Accept(in TcpSegment syn)
    {
        _expected = syn.NextSequence;
        _peerKnown = true;
        Start();
    }

    internal void Write(byte[] data) => Queue(TcpFlags.Psh, data);

    internal void Close()
    {
        IsClosing = true;
        Queue(TcpFlags.Fin, []);
    }

    internal void Tick()
    {
        if (!IsReset && _underWay is not null && clock.GetElapsedTime(_sent) >= _again)
        {
            Transmit();
        }
    }

    internal void Receive(in TcpSegment segment, ReadOnlySpan<byte> payload)
    {
        if (IsReset)
        {
            return;
        }

        if ((segment.Flags & TcpFlags.Rst) != 0)
        {
            IsReset = _peerKnown ? segment.Sequence == _expected : segment.Acknowledgement == NextSequence();
            return;
        }

        if (!IsEstablished && (segment.Flags & TcpFlags.Ack) != 0 && segment.Acknowledgement != isn + 1)
        {
            // One of the two is in another connection (RFC 9293 sections 3.10.7.3 and 3.10.7.4).
            send(SimPacket.Tcp(key, TcpFlags.Rst, segment.Acknowledgement));
            return;
        }

        if ((segment.Flags & TcpFlags.Syn) != 0 && !_peerKnown)
        {
            _expected = segment.Sequence + 1;
            _peerKnown = true;
        }
        else if (segment.Sequence != _expected)
        {
            Acknowledge();
            return;
        }

        var fin = (segment.Flags & TcpFlags.Fin) != 0;
        _expected += (uint)payload.Length + (fin ? 1u : 0);
        if (_underWay is { } unit && segment.Acknowledgement == NextSequence())
        {
            _next = NextSequence();
            _underWay = null;
            IsEstablished = true;
            OwnClosed |= (unit.Flags & TcpFlags.Fin) != 0;
        }

        if (payload.Length > 0)
        {
            Received.AddRange(payload);
            OnData(this, payload.ToArray());
        }

        if (fin && !PeerClosed)
        {
            PeerClosed = true;
            OnPeerClosed(this);
        }

        if (payload.Length > 0 || fin || (segment.Flags & TcpFlags.Syn) != 0)
        {
            Acknowledge();
        }

        Continue();
    }

    private void Start()
    {
        _next = isn;
        Queue(TcpFlags.Syn, []);
    }

    private void Queue(TcpFlags flags, byte[] payload)
    {
        _units.Enqueue((flags, payload));
        Continue();
    }

    private void Continue()
    {
        if (_underWay is null && _units.Count > 0)
        {
            _underWay = _units.Dequeue();
            Transmit();
        }
    }

    private uint NextSequence() => _underWay is { } unit
        ? _next + (uint)unit.Payload.Length + ((unit.Flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0)
        : _next;

    private void Transmit()
    {
        var (flags, payload) = _underWay!.Value;
        _sent = clock.GetTimestamp();
        send(SimPacket.Tcp(key, flags | (_peerKnown ? TcpFlags.Ack : TcpFlags.None), _next, _peerKnown ? _expected : 0, payload));
    }

    private void Acknowledge() => send(SimPacket.Tcp(key, TcpFlags.Ack, _underWay is null ? _next : NextSequence(), _expected));
}
