using System.Buffers;

namespace AktoDivert.Core.Content;

/// <summary>A pooled, growing byte buffer that takes no more than a limit: what exceeds it is refused, whatever the input claims.</summary>
public sealed class ByteBuffer(int limit) : IBufferWriter<byte>, IDisposable
{
    private const int Retained = 512 * 1024;

    private byte[] _bytes = [];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that still fit.</summary>
    public int Free => limit - Length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Adds what fits.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var length = Length;
        if (bytes.Length > Math.Min(_bytes.Length, limit) - length)
        {
            bytes = bytes[..Math.Min(bytes.Length, Free)];
            Reserve(bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(length));
        Length = length + bytes.Length;
    }

    public void Advance(int count) => Length += Math.Min(count, Free);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>Drops what was written after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        Length = length;
    }

    /// <summary>Drops the first <paramref name="count"/> bytes.</summary>
    public void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length);
        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
    }

    /// <summary>Makes it empty and usable again. A buffer of up to 512 KiB stays with it.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > Retained)
        {
            Dispose();
        }
    }

    /// <summary>Makes it empty and usable again, and gives its buffer back without the bytes that were in it.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            _bytes.AsSpan(0, Length).Clear();
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = [];
        Length = 0;
    }

    private void Reserve(int sizeHint)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (_bytes.Length >= needed)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(4096, Length * 2)));
        Span.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
