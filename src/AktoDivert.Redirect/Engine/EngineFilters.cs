using AktoDivert.Redirect.Filters;
using static AktoDivert.Redirect.Filters.FilterExpression;

namespace AktoDivert.Redirect.Engine;

/// <summary>The filters of the engine's handles: each sees as little as it can, and writes direction and protocol out for the driver.</summary>
/// <param name="ownProcess">The agent's process id.</param>
/// <param name="ports">Destination ports that are redirected.</param>
/// <param name="listeners">Ports of the listener.</param>
/// <param name="ownPorts">Source ports of the proxy's own connections: first and last.</param>
internal sealed class EngineFilters(uint ownProcess, IReadOnlyList<int> ports, IReadOnlyList<int> listeners, (ushort First, ushort Last) ownPorts)
{
    /// <summary>Most process ids in one filter: with more it has over 256 instructions.</summary>
    public const int MaxProcesses = 253;

    private static readonly FilterExpression _leaving =
        All(Is(FilterField.Outbound), Is(FilterField.Loopback).Not(), Is(FilterField.Impostor).Not());

    /// <summary>H1: who opens and closes connections.</summary>
    public string Attribution => All(
        Is(FilterField.Tcp),
        NotEqual(FilterField.ProcessId, ownProcess),
        Any(OfEvent("CLOSE"), All(OfEvent("CONNECT"), AnyOf(FilterField.RemotePort, ports)))).ToString();

    /// <summary>H2: the first segment of each connection.</summary>
    public string SynGate => All(
        _leaving, AnyOf(FilterField.TcpDestinationPort, ports), Is(FilterField.TcpSyn), Is(FilterField.TcpAck).Not(), NotOwn).ToString();

    /// <summary>H3: what follows, and the listener's answers.</summary>
    public string Packets => All(
        _leaving,
        Is(FilterField.Tcp),
        Any(
            All(AnyOf(FilterField.TcpDestinationPort, ports), Is(FilterField.TcpSyn).Not(), NotOwn),
            AnyOf(FilterField.TcpSourcePort, listeners))).ToString();

    /// <summary>H4s: who starts to speak QUIC.</summary>
    public string QuicWatch => All(
        Is(FilterField.Udp),
        OfEvent("CONNECT"),
        AnyOf(FilterField.RemotePort, ports),
        NotEqual(FilterField.ProcessId, ownProcess)).ToString();

    /// <summary>H5: other machines that try to reach the listener.</summary>
    public string Guard => All(
        Is(FilterField.Inbound), Is(FilterField.Loopback).Not(), Is(FilterField.Impostor).Not(),
        AnyOf(FilterField.TcpDestinationPort, listeners)).ToString();

    /// <summary>H6: sees nothing, only sends.</summary>
    public static string Inject => Nothing.ToString();

    private FilterExpression NotOwn => Any(Less(FilterField.TcpSourcePort, ownPorts.First), Greater(FilterField.TcpSourcePort, ownPorts.Last));

    /// <summary>H4: QUIC of these processes, up to <see cref="MaxProcesses"/>.</summary>
    public string QuicOf(IEnumerable<int> processes) => All(
        Is(FilterField.Udp), OfEvent("CONNECT"), AnyOf(FilterField.RemotePort, ports), AnyOf(FilterField.ProcessId, processes)).ToString();

    /// <summary>H4n: QUIC from these local ports.</summary>
    public string QuicFrom(IEnumerable<int> localPorts) => All(
        Is(FilterField.Outbound), AnyOf(FilterField.UdpDestinationPort, ports), AnyOf(FilterField.UdpSourcePort, localPorts)).ToString();

    private static FilterExpression AnyOf(FilterField field, IEnumerable<int> values) =>
        Any([.. values.Select(value => (FilterExpression)Equal(field, (uint)value))]);
}
