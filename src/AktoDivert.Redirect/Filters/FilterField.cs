namespace AktoDivert.Redirect.Filters;

/// <summary>A field of the filter language, and the layers on which it may stand (windivert_shared.c of the driver).</summary>
/// <param name="Name">As written; case matters.</param>
/// <param name="Layers">Where it is valid.</param>
internal sealed record FilterField(string Name, FilterLayers Layers)
{
    private const FilterLayers Packets = FilterLayers.Network | FilterLayers.Forward;
    private const FilterLayers Endpoints = FilterLayers.Network | FilterLayers.Flow | FilterLayers.Socket;
    private const FilterLayers Processes = FilterLayers.Flow | FilterLayers.Socket;

    public static readonly FilterField Event = new("event", FilterLayers.All);
    public static readonly FilterField Outbound = new("outbound", Endpoints);
    public static readonly FilterField Inbound = new("inbound", Endpoints);
    public static readonly FilterField Loopback = new("loopback", Endpoints);
    public static readonly FilterField Impostor = new("impostor", Packets);
    public static readonly FilterField IP = new("ip", Packets | Processes);
    public static readonly FilterField IPv6 = new("ipv6", Packets | Processes);
    public static readonly FilterField Tcp = new("tcp", Packets | Processes);
    public static readonly FilterField Udp = new("udp", Packets | Processes);
    public static readonly FilterField ProcessId = new("processId", Processes | FilterLayers.Reflect);
    public static readonly FilterField LocalPort = new("localPort", Endpoints);
    public static readonly FilterField RemotePort = new("remotePort", Endpoints);
    public static readonly FilterField TcpSourcePort = new("tcp.SrcPort", Packets);
    public static readonly FilterField TcpDestinationPort = new("tcp.DstPort", Packets);
    public static readonly FilterField TcpSyn = new("tcp.Syn", Packets);
    public static readonly FilterField TcpAck = new("tcp.Ack", Packets);
    public static readonly FilterField UdpSourcePort = new("udp.SrcPort", Packets);
    public static readonly FilterField UdpDestinationPort = new("udp.DstPort", Packets);
}
