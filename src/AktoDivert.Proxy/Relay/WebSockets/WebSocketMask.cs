using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>The masking of a client's payload (RFC 6455 section 5.3): octet i is XORed with octet i modulo 4 of the key.</summary>
internal static class WebSocketMask
{
    /// <summary>Masks, or takes a mask off.</summary>
    /// <param name="source">What to mask.</param>
    /// <param name="key">The key, its first octet the most significant.</param>
    /// <param name="target">Receives as many bytes.</param>
    public static void Apply(ReadOnlySpan<byte> source, uint key, Span<byte> target)
    {
        Span<byte> octets = stackalloc byte[Vector128<byte>.Count];
        for (var i = 0; i < octets.Length; i += sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets[i..], key);
        }

        var wide = Vector128.Create<byte>(octets);
        var at = 0;
        for (; source.Length - at >= Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            (Vector128.Create(source[at..]) ^ wide).CopyTo(target[at..]);
        }

        for (; at < source.Length; at++)
        {
            target[at] = (byte)(source[at] ^ octets[at & 3]);
        }
    }
}
