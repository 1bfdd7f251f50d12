namespace AktoDivert.Redirect.Divert;

/// <summary>
/// Packets for one call of the driver: one buffer that never moves in memory, the packets in it back to back, and an address for each.
/// The length of a packet stands in its own IP header, as the driver itself counts. Made once and reused.
/// </summary>
internal sealed class PacketBatch
{
    /// <summary>Most packets in one call (WINDIVERT_BATCH_MAX).</summary>
    public const int MaxPackets = 255;

    /// <summary>Largest packet (WINDIVERT_MTU_MAX): 40 bytes of IPv6 header and 65,535 of payload.</summary>
    public const int MaxPacketLength = 40 + 0xffff;

    private readonly byte[] _buffer;
    private readonly DivertAddress[] _addresses;

    /// <summary>Makes an empty batch.</summary>
    /// <param name="packets">Most packets: 1 to <see cref="MaxPackets"/>.</param>
    /// <param name="bytes">Size of the buffer: at least <see cref="MaxPacketLength"/>.</param>
    public PacketBatch(int packets, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(packets, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(packets, MaxPackets);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, MaxPacketLength);
        _buffer = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
        _addresses = GC.AllocateArray<DivertAddress>(packets, pinned: true);
    }

    /// <summary>The whole buffer; pinned.</summary>
    public Span<byte> Buffer => _buffer;

    /// <summary>Place for the addresses; pinned.</summary>
    public Span<DivertAddress> Addresses => _addresses;

    /// <summary>Bytes in use.</summary>
    public int Length { get; private set; }

    /// <summary>Addresses in use.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Says what a driver filled in. What it claims beyond the buffer or the addresses is cut, so a driver gone wrong costs packets and
    /// nothing else.
    /// </summary>
    public void Filled(long bytes, long addresses)
    {
        Length = (int)Math.Clamp(bytes, 0, _buffer.Length);
        Count = (int)Math.Clamp(addresses, 0, _addresses.Length);
    }

    /// <summary>Forgets all packets.</summary>
    public void Clear() => Filled(0, 0);

    /// <summary>Appends a packet; false when it does not fit.</summary>
    public bool TryAdd(ReadOnlySpan<byte> packet, in DivertAddress address)
    {
        if (Count == _addresses.Length || packet.Length > _buffer.Length - Length)
        {
            return false;
        }

        packet.CopyTo(_buffer.AsSpan(Length));
        _addresses[Count++] = address;
        Length += packet.Length;
        return true;
    }
}
