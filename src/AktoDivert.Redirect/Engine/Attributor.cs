using System.Collections.Concurrent;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Engine;

/// <summary>Brings events and processes together, away from the packet threads: takes socket events in order and releases what they decide.</summary>
internal sealed class Attributor(
    FlowTable table, ProcessJudge judge, Action<ReleasedSyn> release, Action<SocketEvent> quic, TimeProvider time)
{
    private const int MaxQueued = 16_384;
    private readonly ConcurrentQueue<SocketEvent> _events = new();
    private int _queued;
    private long _lost;

    /// <summary>Events that were dropped because too many waited; the connection table stands in for them.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Hands an event over; called by the readers of the SOCKET layer.</summary>
    public void Enqueue(in SocketEvent socketEvent)
    {
        if (Volatile.Read(ref _queued) >= MaxQueued)
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        Interlocked.Increment(ref _queued);
        _events.Enqueue(socketEvent);
    }

    /// <summary>Works off what is there.</summary>
    public void Step()
    {
        while (_events.TryDequeue(out var socketEvent))
        {
            Interlocked.Decrement(ref _queued);
            Handle(socketEvent);
        }
    }

    private void Handle(in SocketEvent socketEvent)
    {
        if (socketEvent.IsUdp)
        {
            quic(socketEvent);
            return;
        }

        switch (socketEvent.Event)
        {
            case DivertEvent.SocketConnect:
                if (judge.Judge(socketEvent.ProcessId, socketEvent.Timestamp) is { } attribution
                    && table.OnConnect(socketEvent.Key, attribution, socketEvent.Timestamp, time.GetTimestamp()) is { } syn)
                {
                    release(syn);
                }

                break;
            case DivertEvent.SocketClose:
                table.OnSocketClosed(socketEvent.Key, time.GetTimestamp());
                break;
        }

        table.OnWatermark(socketEvent.Timestamp);
    }
}
