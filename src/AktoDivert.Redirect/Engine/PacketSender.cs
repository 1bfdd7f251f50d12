using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Redirect.Engine;

/// <summary>Sends batches so that a bad packet costs only itself. One for each thread.</summary>
/// <param name="failed">Told of each packet that could not be sent, on the sending thread.</param>
internal sealed class PacketSender(PacketSender.SendFailure failed)
{
    private readonly PacketBatch _single = new(1, PacketBatch.MaxPacketLength);
    private long _failures;

    /// <summary>Takes a packet that the driver refused.</summary>
    public delegate void SendFailure(Span<byte> packet, in DivertAddress address, DivertError error);

    /// <summary>Packets that could not be sent.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Sends all; returns an error only when the handle is of no more use.</summary>
    public DivertError Send(IDivertHandle handle, PacketBatch batch)
    {
        if (batch.Count == 0)
        {
            return DivertError.None;
        }

        var error = handle.Send(batch);
        return error.Succeeded || error.IsDriverGone ? error : SendOneByOne(handle, batch);
    }

    private DivertError SendOneByOne(IDivertHandle handle, PacketBatch batch)
    {
        var rest = batch.Buffer[..batch.Length];
        for (var i = 0; i < batch.Count && !rest.IsEmpty; i++)
        {
            var length = IPPacket.LengthOf(rest);

            // What cannot be told apart from what follows goes as a whole.
            var packet = rest[..(length == 0 ? Math.Min(rest.Length, PacketBatch.MaxPacketLength) : length)];
            rest = rest[packet.Length..];
            _single.Clear();
            _ = _single.TryAdd(packet, batch.Addresses[i]);
            var error = handle.Send(_single);
            if (error.IsDriverGone)
            {
                return error;
            }

            if (!error.Succeeded)
            {
                _failures++;
                failed(packet, batch.Addresses[i], error);
            }
        }

        return DivertError.None;
    }
}
