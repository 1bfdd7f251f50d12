using System.Buffers.Binary;

namespace AktoDivert.Proxy.Classify;

/// <summary>
/// Reads big-endian TLS presentation language (RFC 8446 section 3) from a span. Every method says false instead of reading past the end.
/// </summary>
internal ref struct SpanCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TrySkip(int count) => TryTake(count, out _);

    public bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (!TryTake(2, out var two))
        {
            return false;
        }

        value = BinaryPrimitives.ReadUInt16BigEndian(two);
        return true;
    }

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (!TryTake(1, out var one))
        {
            return false;
        }

        value = one[0];
        return true;
    }

    /// <summary>Reads a vector with a one-byte length.</summary>
    public bool TryReadVector8(out ReadOnlySpan<byte> content)
    {
        content = default;
        return TryReadByte(out var length) && TryTake(length, out content);
    }

    /// <summary>Reads a vector with a two-byte length.</summary>
    public bool TryReadVector16(out ReadOnlySpan<byte> content)
    {
        content = default;
        return TryReadUInt16(out var length) && TryTake(length, out content);
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> taken)
    {
        if (count > _rest.Length)
        {
            taken = default;
            return false;
        }

        taken = _rest[..count];
        _rest = _rest[count..];
        return true;
    }
}
