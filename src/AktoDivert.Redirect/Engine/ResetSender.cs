using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Redirect.Engine;

/// <summary>Ends connections of apps as their servers would.</summary>
/// <param name="handle">The handle to send by.</param>
/// <param name="table">The flows.</param>
/// <param name="time">The clock of the driver's timestamps.</param>
internal sealed class ResetSender(Func<IDivertHandle?> handle, FlowTable table, TimeProvider time)
{
    private readonly PacketBatch _batch = new(2, PacketBatch.MaxPacketLength);
    private long _sent;

    /// <summary>Connections reset.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Resets the app's side of a flow. Where the listener has not answered there is nothing to reset: the app tries again.</summary>
    public void Reset(FlowEntry flow)
    {
        var now = time.GetTimestamp();
        table.Close(flow, now);
        if (!flow.Answered)
        {
            return;
        }

        var address = ResetPacket.AddressFor(flow.Key, flow.InterfaceIndex, flow.SubInterfaceIndex, now);
        Span<byte> packet = stackalloc byte[ResetPacket.MaxLength];
        lock (_batch)
        {
            // The app has all that was sent, unless something is still under way to it: then the number it acknowledged last is right.
            _batch.Clear();
            var length = ResetPacket.Write(packet, flow.Key, flow.NextFromProxy, flow.NextFromApp);
            _ = _batch.TryAdd(packet[..length], address);
            if (flow.AcknowledgedByApp != flow.NextFromProxy)
            {
                length = ResetPacket.Write(packet, flow.Key, flow.AcknowledgedByApp, flow.NextFromApp);
                _ = _batch.TryAdd(packet[..length], address);
            }

            if (handle()?.Send(_batch).Succeeded == true)
            {
                Interlocked.Increment(ref _sent);
            }
        }
    }

    /// <summary>
    /// A packet could not be sent. A reflected one that finds no way, as after its interface went, ends its flow: the app connects again
    /// by the new one.
    /// </summary>
    public void OnSendFailed(Span<byte> packet, in DivertAddress address, DivertError error)
    {
        if (error != DivertError.HostUnreachable || address.Has(DivertAddressFlags.Outbound)
            || !IPPacket.TryParse(packet, out var ip) || !TcpSegment.TryParse(ip, out var tcp))
        {
            return;
        }

        // To the listener it comes from the app's port; to the app it goes to it.
        var key = new FlowKey(ip.Destination, ip.Source, tcp.SourcePort, 0, ip.IsV6);
        if ((table.FindReflected(key) ?? table.FindReflected(key with { LocalPort = tcp.DestinationPort })) is { } flow)
        {
            Reset(flow);
        }
    }
}
