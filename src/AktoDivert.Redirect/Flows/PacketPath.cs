using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Redirect.Flows;

/// <summary>
/// What happens to a batch of packets between receive and send: in place, without allocation. Used by one thread; the table is shared.
/// </summary>
/// <param name="table">Decides.</param>
/// <param name="listenerV4">Port of the IPv4 listener.</param>
/// <param name="listenerV6">Port of the IPv6 listener, or 0.</param>
/// <param name="ports">Destination ports that are redirected.</param>
internal sealed class PacketPath(FlowTable table, ushort listenerV4, ushort listenerV6, IReadOnlyList<int> ports)
{
    private readonly ushort[] _ports = [.. ports.Select(port => (ushort)port)];
    private long _malformed;
    private long _reflected;
    private long _passed;

    /// <summary>Packets or claims of the driver that could not be understood, and passed as they were.</summary>
    public long Malformed => Volatile.Read(ref _malformed);

    /// <summary>Packets turned round.</summary>
    public long Reflected => Volatile.Read(ref _reflected);

    /// <summary>Packets sent on as they were.</summary>
    public long Passed => Volatile.Read(ref _passed);

    /// <summary>
    /// Decides each packet. Afterwards the batch holds what is to be sent: reflected or untouched, without those that are held.
    /// </summary>
    /// <returns>Whether packets were reflected or held.</returns>
    public BatchOutcome Process(PacketBatch batch, long now)
    {
        var buffer = batch.Buffer[..batch.Length];
        var addresses = batch.Addresses[..batch.Count];
        int read = 0, written = 0, kept = 0;
        var outcome = BatchOutcome.None;
        for (var i = 0; i < addresses.Length; i++)
        {
            var length = IPPacket.LengthOf(buffer[read..]);
            if (length == 0)
            {
                // Where this packet ends, only the driver knows: it and all behind it go on as they came.
                _malformed += addresses.Length - i;
                buffer[read..].CopyTo(buffer[written..]);
                addresses[i..].CopyTo(addresses[kept..]);
                batch.Filled(written + buffer.Length - read, read < buffer.Length ? kept + addresses.Length - i : kept);
                return outcome;
            }

            var packet = buffer.Slice(read, length);
            read += length;
            var action = Decide(packet, ref addresses[i], now);
            outcome |= action switch
            {
                FlowAction.Reflect => BatchOutcome.Reflected,
                FlowAction.Hold => BatchOutcome.Held,
                _ => BatchOutcome.None,
            };
            if (action is FlowAction.Hold or FlowAction.Drop)
            {
                continue;
            }

            if (written + length != read)
            {
                packet.CopyTo(buffer[written..]);
                addresses[kept] = addresses[i];
            }

            written += length;
            kept++;
        }

        batch.Filled(written, kept);
        return outcome;
    }

    /// <summary>Turns a SYN round that was held; it was parsed when it came.</summary>
    public void Reflect(Span<byte> packet, ref DivertAddress address)
    {
        if (IPPacket.TryParse(packet, out var ip) && TcpSegment.TryParse(ip, out var tcp))
        {
            ReflectToProxy(ip, tcp, ref address);
        }
    }

    private FlowAction Decide(Span<byte> packet, ref DivertAddress address, long now)
    {
        if (!IPPacket.TryParse(packet, out var ip))
        {
            _malformed++;
            _passed++;
            return FlowAction.Pass;
        }

        if (!TcpSegment.TryParse(ip, out var tcp))
        {
            // A fragment has no ports, and a TCP header that is cut is nobody's.
            _malformed += ip is { Protocol: TcpSegment.Protocol, IsFragment: false } ? 1 : 0;
            _passed++;
            return FlowAction.Pass;
        }

        var listener = ip.IsV6 ? listenerV6 : listenerV4;
        var action = tcp.SourcePort == listener && listener != 0
            ? FromProxy(ip, tcp, ref address, now)
            : _ports.AsSpan().Contains(tcp.DestinationPort) ? FromApp(packet, ip, tcp, ref address, now) : FlowAction.Pass;
        _reflected += action == FlowAction.Reflect ? 1 : 0;
        _passed += action == FlowAction.Pass ? 1 : 0;
        return action;
    }

    private FlowAction FromApp(Span<byte> packet, in IPPacket ip, in TcpSegment tcp, ref DivertAddress address, long now)
    {
        var key = new FlowKey(ip.Source, ip.Destination, tcp.SourcePort, tcp.DestinationPort, ip.IsV6);
        if (tcp.IsOpening)
        {
            var opening = table.OnSyn(key, tcp, packet, address, now);
            if (opening == FlowAction.Reflect)
            {
                ReflectToProxy(ip, tcp, ref address);
            }

            return opening;
        }

        var action = table.OnAppSegment(key, tcp, now, out var flow);
        if (action == FlowAction.Reflect)
        {
            Follow(flow!, ref address);
            ReflectToProxy(ip, tcp, ref address);
        }

        return action;
    }

    private FlowAction FromProxy(in IPPacket ip, in TcpSegment tcp, ref DivertAddress address, long now)
    {
        var key = new FlowKey(ip.Source, ip.Destination, tcp.DestinationPort, 0, ip.IsV6);
        var action = table.OnProxySegment(key, tcp, now, out var flow);
        if (action == FlowAction.Reflect)
        {
            Follow(flow!, ref address);
            Reflection.Apply(ip, tcp, Reflection.SourcePort, flow!.Key.RemotePort, ref address);
        }

        return action;
    }

    private void ReflectToProxy(in IPPacket ip, in TcpSegment tcp, ref DivertAddress address) =>
        Reflection.Apply(ip, tcp, Reflection.DestinationPort, ip.IsV6 ? listenerV6 : listenerV4, ref address);

    private static void Follow(FlowEntry flow, ref DivertAddress address)
    {
        address.InterfaceIndex = flow.InterfaceIndex;
        address.SubInterfaceIndex = flow.SubInterfaceIndex;
    }
}
