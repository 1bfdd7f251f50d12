using AktoDivert.Redirect.Divert;

namespace AktoDivert.Tests.Redirect.Simulation.Filters;

/// <summary>What a filter is evaluated on.</summary>
internal readonly ref struct FilterSubject
{
    public FilterSubject(DivertLayer layer, Span<byte> packet, in DivertAddress address)
    {
        Layer = layer;
        Packet = packet;
        Address = address;
    }

    /// <summary>The layer.</summary>
    public DivertLayer Layer { get; }

    /// <summary>The packet; empty on layers without one.</summary>
    public Span<byte> Packet { get; }

    /// <summary>Its address.</summary>
    public DivertAddress Address { get; }
}
