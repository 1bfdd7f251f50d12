using System.Buffers;

namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>Writes representations that change no table (RFC 7541 sections 5 and 6), without Huffman coding.</summary>
internal static class HpackWriter
{
    /// <summary>Writes an integer with <paramref name="prefixBits"/> bits in its first octet, whose other bits are <paramref name="pattern"/>.</summary>
    public static void Integer(IBufferWriter<byte> target, int value, int prefixBits, byte pattern)
    {
        Span<byte> octets = stackalloc byte[6];
        var mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            target.Write([(byte)(pattern | value)]);
            return;
        }

        octets[0] = (byte)(pattern | mask);
        value -= mask;
        var used = 1;
        for (; value >= 0x80; value >>= 7)
        {
            octets[used++] = (byte)((value & 0x7f) | 0x80);
        }

        octets[used++] = (byte)value;
        target.Write(octets[..used]);
    }

    /// <summary>Writes a string literal.</summary>
    public static void String(IBufferWriter<byte> target, ReadOnlySpan<byte> octets)
    {
        Integer(target, octets.Length, 7, 0);
        target.Write(octets);
    }

    /// <summary>Writes a literal field that enters no table.</summary>
    public static void Literal(IBufferWriter<byte> target, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool neverIndexed = false)
    {
        target.Write([neverIndexed ? (byte)0x10 : (byte)0]);
        String(target, name);
        String(target, value);
    }

    /// <summary>Writes a dynamic table size update.</summary>
    public static void SizeUpdate(IBufferWriter<byte> target, int size) => Integer(target, size, 5, 0x20);
}
