using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Packets;
using AktoDivert.Tests.Redirect.Simulation.Filters;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>
/// The driver as sys/windivert.c works, for one thread: handles by priority, filters evaluated, queues that drop the oldest by count, bytes
/// and age, packets that go on when a handle closes, what is sent seen by lower priorities only. A receive that would wait returns nothing.
/// </summary>
internal sealed class SimDriver(TimeProvider time) : IDivertDriver
{
    private readonly List<SimHandle> _handles = [];
    private readonly List<(long Due, SimHandle Handle, DivertAddress Event)> _delayed = [];

    /// <summary>Takes packets that reach the network or this machine's own stack; true for outbound.</summary>
    internal Action<byte[], DivertAddress>? Delivered { get; set; }

    /// <summary>Error of the next calls to open, by order.</summary>
    internal Queue<int> OpenErrors { get; } = new();

    /// <summary>Asked before each send of a packet: an error code, or 0.</summary>
    internal Func<byte[], DivertAddress, int> SendError { get; set; } = static (_, _) => 0;

    /// <summary>Changes what the driver reports of a batch, before the engine sees it.</summary>
    internal Action<PacketBatch> Tamper { get; set; } = static _ => { };

    internal (ulong Major, ulong Minor) Version { get; set; } = (2, 2);

    /// <summary>Packets dropped because a queue was full or too old.</summary>
    internal long Dropped { get; set; }

    /// <summary>Packets that did not carry a checksum where one was claimed.</summary>
    internal long BadChecksums { get; private set; }

    internal int OpenHandles => _handles.Count;

    /// <summary>Handles that take packets out until they are read and sent: while one is open and nobody reads it, its traffic stands.</summary>
    internal int HoldingHandles => _handles.Count(handle => handle.Layer == DivertLayer.Network && handle.Flags == DivertFlags.None);

    public string Name => "simulated driver";

    public DivertError Open(string filter, DivertLayer layer, short priority, DivertFlags flags, out IDivertHandle? handle)
    {
        handle = null;
        if (OpenErrors.TryDequeue(out var error) && error != 0)
        {
            return new DivertError(error);
        }

        DivertFilter parsed;
        try
        {
            parsed = DivertFilter.Parse(filter, layer);
        }
        catch (FilterSyntaxException)
        {
            return DivertError.InvalidParameter;
        }

        var both = DivertFlags.ReceiveOnly | DivertFlags.SendOnly;
        if ((flags & both) == both || (layer == DivertLayer.Socket && !flags.HasFlag(DivertFlags.ReceiveOnly)))
        {
            return DivertError.InvalidParameter;
        }

        var opened = new SimHandle(this, parsed, layer, priority, flags, time);
        _handles.Add(opened);
        _handles.Sort((a, b) => b.Priority.CompareTo(a.Priority));
        handle = opened;
        return DivertError.None;
    }

    /// <summary>A packet of this machine's stack (outbound) or of the network.</summary>
    internal void Packet(byte[] packet, DivertAddress address)
    {
        address.Timestamp = time.GetTimestamp();
        address.Layer = DivertLayer.Network;
        Route(packet, address, int.MaxValue);
    }

    /// <summary>A socket event; false when a handle blocks the operation.</summary>
    /// <param name="address">The event.</param>
    /// <param name="delay">When the reader gets it.</param>
    internal bool SocketEvent(DivertAddress address, TimeSpan delay)
    {
        address.Layer = DivertLayer.Socket;
        var allowed = true;
        foreach (var handle in _handles.Where(h => h.Layer == DivertLayer.Socket && h.Matches([], address)).ToArray())
        {
            allowed &= handle.Flags.HasFlag(DivertFlags.Sniff);
            _delayed.Add((time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency), handle, address));
        }

        return allowed;
    }

    /// <summary>Brings events whose delay is over to their readers.</summary>
    internal void DeliverEvents()
    {
        if (_delayed.Count == 0)
        {
            return;
        }

        var due = _delayed.Where(e => e.Due <= time.GetTimestamp()).OrderBy(e => e.Due).ToArray();
        _delayed.RemoveAll(e => e.Due <= time.GetTimestamp());
        foreach (var late in due)
        {
            late.Handle.Enqueue([], late.Event);
        }
    }

    /// <summary>The driver goes away under its handles.</summary>
    internal void Fail(DivertError error)
    {
        foreach (var handle in _handles.ToArray())
        {
            handle.Error = error;
        }
    }

    /// <summary>The process that holds the handles dies: the system closes them.</summary>
    internal void CloseAll()
    {
        foreach (var handle in _handles.ToArray())
        {
            handle.Dispose();
        }
    }

    internal void Close(SimHandle handle)
    {
        if (_handles.Remove(handle))
        {
            foreach (var (packet, address) in handle.TakeQueue())
            {
                Route(packet, address, handle.Priority);
            }
        }
    }

    internal void Route(byte[] packet, DivertAddress address, int below)
    {
        SimHandle[] handles = [.. _handles];
        foreach (var handle in handles)
        {
            if (handle.Layer != DivertLayer.Network || handle.Priority >= below || handle.IsShut || !handle.Matches(packet, address) || handle.Flags.HasFlag(DivertFlags.SendOnly))
            {
                continue;
            }

            if (handle.Flags.HasFlag(DivertFlags.Drop))
            {
                return;
            }

            handle.Enqueue(packet, address);
            if (!handle.Flags.HasFlag(DivertFlags.Sniff))
            {
                return;
            }
        }

        Delivered?.Invoke(packet, address);
    }

    internal void Send(byte[] packet, DivertAddress address, int below)
    {
        if (IPPacket.TryParse(packet, out var ip) && TcpSegment.TryParse(ip, out var tcp))
        {
            if (!address.Has(DivertAddressFlags.TcpChecksum))
            {
                var mutable = tcp;
                mutable.Checksum = 0;
                mutable.Checksum = (ushort)~InternetChecksum.OfTransport(ip);
                address.Flags |= DivertAddressFlags.TcpChecksum;
            }
            else if (InternetChecksum.OfTransport(ip) != 0xffff)
            {
                BadChecksums++;
            }
        }

        address.Flags |= DivertAddressFlags.Impostor;
        Route(packet, address, below);
    }
}
