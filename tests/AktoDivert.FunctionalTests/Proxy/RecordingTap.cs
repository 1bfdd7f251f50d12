using System.Buffers;
using AktoDivert.Core.Flows;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>Keeps what a tap is told.</summary>
internal sealed class RecordingTap(Flow flow, Action<RelayDirection>? onFeed) : IConnectionTap
{
    private readonly ArrayBufferWriter<byte> _up = new();
    private readonly ArrayBufferWriter<byte> _down = new();

    public Flow Flow => flow;

    public byte[] Up => _up.WrittenSpan.ToArray();

    public byte[] Down => _down.WrittenSpan.ToArray();

    public List<(RelayDirection Direction, bool Aborted)> Ends { get; } = [];

    public int Closes { get; private set; }

    public void Feed(RelayDirection direction, ReadOnlySpan<byte> bytes)
    {
        (direction == RelayDirection.Up ? _up : _down).Write(bytes);
        onFeed?.Invoke(direction);
    }

    public void Forwarded(RelayDirection direction)
    {
    }

    public void Judged(in Judged judged)
    {
    }

    public void End(RelayDirection direction, bool aborted)
    {
        lock (Ends)
        {
            Ends.Add((direction, aborted));
        }
    }

    public void Close() => Closes++;
}
