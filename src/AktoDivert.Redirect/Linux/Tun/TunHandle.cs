using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Linux.Interop;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Redirect.Linux.Tun;

/// <summary>A TUN device as a handle: what policy routing sends into it is received, what is sent arrives at this machine.</summary>
internal sealed class TunHandle(TunDevice device, TimeProvider time) : IDivertHandle
{
    private const int WaitMilliseconds = 250;
    private volatile bool _shut;
    private long _unsendable;

    /// <summary>Packets that were to go on outwards, which a TUN device cannot do: dropped.</summary>
    public long Unsendable => Interlocked.Read(ref _unsendable);

    /// <inheritdoc />
    public DivertError Receive(PacketBatch batch)
    {
        while (!device.Wait(WaitMilliseconds))
        {
            if (_shut)
            {
                return DivertError.NoData;
            }
        }

        var bytes = 0;
        var count = 0;
        var now = time.GetTimestamp();
        while (count < batch.Addresses.Length && batch.Buffer.Length - bytes >= PacketBatch.MaxPacketLength)
        {
            ref var address = ref batch.Addresses[count];
            var place = batch.Buffer.Slice(bytes, PacketBatch.MaxPacketLength);
            var length = device.Read(place, ref address);
            if (length == 0)
            {
                break;
            }

            // What is no IP packet could not be told from the next in the batch.
            if (IPPacket.LengthOf(place[..length]) == length)
            {
                address.Timestamp = now;
                bytes += length;
                count++;
            }
        }

        batch.Filled(bytes, count);
        return _shut && count == 0 ? DivertError.NoData : DivertError.None;
    }

    /// <inheritdoc />
    public DivertError Send(PacketBatch batch)
    {
        var rest = batch.Buffer[..batch.Length];
        foreach (ref readonly var address in batch.Addresses[..batch.Count])
        {
            var length = IPPacket.LengthOf(rest);
            if (length == 0)
            {
                return DivertError.InvalidParameter;
            }

            if (address.Has(DivertAddressFlags.Outbound))
            {
                Interlocked.Increment(ref _unsendable);
            }
            else if (!device.Write(rest[..length], address))
            {
                // The kernel takes packets one by one, so those before and behind are not to be sent again.
                Interlocked.Increment(ref _unsendable);
            }

            rest = rest[length..];
        }

        return DivertError.None;
    }

    /// <inheritdoc />
    public DivertError Shutdown(DivertShutdown how)
    {
        _shut = true;
        return DivertError.None;
    }

    /// <inheritdoc />
    public DivertError SetParameter(DivertParameter parameter, ulong value) => DivertError.InvalidParameter;

    /// <inheritdoc />
    public DivertError GetParameter(DivertParameter parameter, out ulong value)
    {
        value = 0;
        return DivertError.InvalidParameter;
    }

    /// <inheritdoc />
    public void Dispose() => device.Dispose();
}
