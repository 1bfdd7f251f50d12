using System.Buffers.Binary;

namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>
/// Follows SETTINGS_HEADER_TABLE_SIZE (RFC 9113 section 6.5.2) as one side announces it: a larger table may be in use as soon as the
/// other side has seen it, a smaller one binds from the other side's ACK on.
/// </summary>
internal sealed class Http2Settings
{
    private const ushort HeaderTableSize = 1;
    private const int NotAnnounced = -1;
    private const int MaxUnacknowledged = 64;

    private readonly byte[] _setting = new byte[6];
    private readonly Queue<int> _unacknowledged = new();
    private int _used;
    private int _announced = NotAnnounced;

    /// <summary>Begins a SETTINGS frame without ACK.</summary>
    public void Begin() => (_used, _announced) = (0, NotAnnounced);

    /// <summary>Adds payload of the frame.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        foreach (var octet in content)
        {
            _setting[_used++] = octet;
            if (_used < _setting.Length)
            {
                continue;
            }

            _used = 0;
            if (BinaryPrimitives.ReadUInt16BigEndian(_setting) == HeaderTableSize)
            {
                var size = BinaryPrimitives.ReadUInt32BigEndian(_setting.AsSpan(2));
                _announced = (int)Math.Min(size, Hpack.HpackDecoder.MaxTableSize);
            }
        }
    }

    /// <summary>Ends the frame; false when it is malformed or too many wait for their ACK.</summary>
    public bool TryEnd(Hpack.HpackDecoder toThisSide)
    {
        if (_used != 0 || _unacknowledged.Count == MaxUnacknowledged)
        {
            return false;
        }

        _unacknowledged.Enqueue(_announced);
        toThisSide.SizeLimit = Math.Max(toThisSide.SizeLimit, _announced);
        return true;
    }

    /// <summary>The other side acknowledged the oldest SETTINGS; false when there is none.</summary>
    public bool TryAcknowledge(Hpack.HpackDecoder toThisSide)
    {
        if (!_unacknowledged.TryDequeue(out var size))
        {
            return false;
        }

        if (size != NotAnnounced)
        {
            toThisSide.SizeLimit = size;
            foreach (var later in _unacknowledged)
            {
                toThisSide.SizeLimit = Math.Max(toThisSide.SizeLimit, later);
            }
        }

        return true;
    }
}
