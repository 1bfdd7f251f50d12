using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Packets;
using AktoDivert.Tests.Redirect.Simulation.Filters;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>A handle of the <see cref="SimDriver"/>.</summary>
internal sealed class SimHandle(SimDriver driver, DivertFilter filter, DivertLayer layer, short priority, DivertFlags flags, TimeProvider time) : IDivertHandle
{
    private readonly Dictionary<DivertParameter, ulong> _parameters = new()
    {
        [DivertParameter.QueueLength] = 4096, [DivertParameter.QueueTime] = 2000, [DivertParameter.QueueSize] = 4_194_304,
    };

    private readonly Queue<(byte[] Packet, DivertAddress Address)> _queue = new();
    private long _queuedBytes;
    private bool _closed;
    private DivertShutdown _shut;

    internal DivertLayer Layer => layer;

    internal short Priority => priority;

    internal DivertFlags Flags => flags;

    internal bool IsShut => (_shut & DivertShutdown.Receive) != 0;

    /// <summary>What every call answers from now on.</summary>
    internal DivertError Error { get; set; }

    public DivertError Receive(PacketBatch batch)
    {
        if (_closed || !Error.Succeeded)
        {
            return _closed ? DivertError.OperationAborted : Error;
        }

        DropOld();
        var size = 0;
        var count = 0;
        while (_queue.Count > 0 && count < batch.Addresses.Length && size + _queue.Peek().Packet.Length <= batch.Buffer.Length)
        {
            var (packet, address) = _queue.Dequeue();
            packet.CopyTo(batch.Buffer[size..]);
            batch.Addresses[count++] = address;
            size += packet.Length;
            _queuedBytes -= packet.Length;
        }

        batch.Filled(size, count);
        if (count > 0)
        {
            driver.Tamper(batch);
        }

        return count == 0 && IsShut ? DivertError.NoData : DivertError.None;
    }

    public DivertError Send(PacketBatch batch)
    {
        if (_closed || !Error.Succeeded || (_shut & DivertShutdown.Send) != 0)
        {
            return _closed ? DivertError.OperationAborted : Error.Succeeded ? DivertError.NoData : Error;
        }

        var rest = batch.Buffer[..batch.Length];
        var packets = new List<(byte[] Packet, DivertAddress Address)>();
        foreach (var address in batch.Addresses[..batch.Count])
        {
            var length = IPPacket.LengthOf(rest);
            if (length == 0)
            {
                return DivertError.InvalidParameter;
            }

            packets.Add((rest[..length].ToArray(), address));
            rest = rest[length..];
        }

        if (packets.Select(p => driver.SendError(p.Packet, p.Address)).FirstOrDefault(code => code != 0) is not 0 and var failed)
        {
            return new DivertError(failed);
        }

        packets.ForEach(p => driver.Send(p.Packet, p.Address, priority));
        return DivertError.None;
    }

    public DivertError Shutdown(DivertShutdown how)
    {
        _shut |= how;
        return DivertError.None;
    }

    public DivertError SetParameter(DivertParameter parameter, ulong value)
    {
        var (low, high) = parameter switch
        {
            DivertParameter.QueueLength => (32ul, 16_384ul),
            DivertParameter.QueueTime => (100ul, 16_000ul),
            DivertParameter.QueueSize => (65_535ul, 33_554_432ul),
            _ => (1ul, 0ul),
        };
        if (value < low || value > high)
        {
            return DivertError.InvalidParameter;
        }

        _parameters[parameter] = value;
        return DivertError.None;
    }

    public DivertError GetParameter(DivertParameter parameter, out ulong value)
    {
        value = parameter switch
        {
            DivertParameter.VersionMajor => driver.Version.Major,
            DivertParameter.VersionMinor => driver.Version.Minor,
            _ => _parameters[parameter],
        };
        return DivertError.None;
    }

    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            driver.Close(this);
        }
    }

    internal bool Matches(Span<byte> packet, in DivertAddress address) => filter.Matches(packet, address);

    internal void Enqueue(byte[] packet, DivertAddress address)
    {
        if (_closed || IsShut)
        {
            return;
        }

        _queue.Enqueue((packet, address));
        _queuedBytes += packet.Length;
        while (_queue.Count > (int)_parameters[DivertParameter.QueueLength] || _queuedBytes > (long)_parameters[DivertParameter.QueueSize])
        {
            DropOldest();
        }
    }

    internal (byte[] Packet, DivertAddress Address)[] TakeQueue()
    {
        var all = layer == DivertLayer.Network && !flags.HasFlag(DivertFlags.Sniff) ? _queue.ToArray() : [];
        _queue.Clear();
        return all;
    }

    private void DropOld()
    {
        var limit = TimeSpan.FromMilliseconds(_parameters[DivertParameter.QueueTime]);
        while (_queue.Count > 0 && layer == DivertLayer.Network && time.GetElapsedTime(_queue.Peek().Address.Timestamp) > limit)
        {
            DropOldest();
        }
    }

    private void DropOldest()
    {
        var (packet, _) = _queue.Dequeue();
        _queuedBytes -= packet.Length;
        driver.Dropped++;
    }
}
