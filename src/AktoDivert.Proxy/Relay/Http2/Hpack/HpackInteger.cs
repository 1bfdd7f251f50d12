namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>Integers of RFC 7541 section 5.1.</summary>
internal static class HpackInteger
{
    /// <summary>Largest value accepted. Header blocks are smaller by far, and sums of two cannot overflow.</summary>
    public const int Max = 1 << 28;

    // 2^28 takes four continuation bytes; more of them can only be zeros that make a block long.
    private const int MaxShift = 28;

    public static HpackStatus Read(ReadOnlySpan<byte> block, ref int position, int prefixBits, out int value)
    {
        var mask = (1 << prefixBits) - 1;
        value = 0;
        if (position >= block.Length)
        {
            return HpackStatus.Truncated;
        }

        value = block[position++] & mask;
        if (value < mask)
        {
            return HpackStatus.Ok;
        }

        long sum = value;
        for (var shift = 0; shift <= MaxShift; shift += 7)
        {
            if (position >= block.Length)
            {
                return HpackStatus.Truncated;
            }

            var next = block[position++];
            sum += (long)(next & 0x7f) << shift;
            if (sum > Max)
            {
                return HpackStatus.IntegerTooLarge;
            }

            if ((next & 0x80) == 0)
            {
                value = (int)sum;
                return HpackStatus.Ok;
            }
        }

        return HpackStatus.IntegerTooLarge;
    }
}
