using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Fuzz.Targets.Gates;

/// <summary>A tap that looks at nothing.</summary>
internal sealed class UnseenTap : IConnectionTap
{
    public void Feed(RelayDirection direction, ReadOnlySpan<byte> bytes)
    {
    }

    public void Forwarded(RelayDirection direction)
    {
    }

    public void End(RelayDirection direction, bool aborted)
    {
    }

    public void Judged(in Judged judged)
    {
    }

    public void Close()
    {
    }
}
