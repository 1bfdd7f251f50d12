using AktoDivert.Redirect.Divert;

namespace AktoDivert.Redirect.Engine;

/// <summary>Reads a handle of the SOCKET layer.</summary>
internal sealed class EventLoop(IDivertHandle handle, Action<SocketEvent> seen, Action<DivertError> ended)
{
    private const int BatchPackets = 64;
    private readonly PacketBatch _batch = new(BatchPackets, PacketBatch.MaxPacketLength);

    /// <summary>One batch; null when the handle is done.</summary>
    public TimeSpan? Step()
    {
        _batch.Clear();
        var error = handle.Receive(_batch);
        foreach (var address in _batch.Addresses[.._batch.Count])
        {
            seen(SocketEvent.From(address));
        }

        // Events have no bytes, so there is nothing that may not fit.
        if (!error.Succeeded)
        {
            ended(error);
            return null;
        }

        return TimeSpan.Zero;
    }
}
