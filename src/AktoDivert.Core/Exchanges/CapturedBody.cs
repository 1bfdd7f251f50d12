using System.Buffers;

namespace AktoDivert.Core.Exchanges;

/// <summary>
/// The first bytes of a body, as they passed (still content-encoded, without chunk framing), in a pooled buffer that grows up to a
/// limit. Beyond the limit bytes are counted and not kept. Not thread-safe.
/// </summary>
public sealed class CapturedBody : IDisposable
{
    private const int Retained = 4096;

    private byte[]? _buffer;
    private int _used;

    /// <summary>Most bytes kept. Set before the first <see cref="Append"/>.</summary>
    public int Limit { get; set; } = 1024 * 1024;

    /// <summary>Bytes that passed, kept or not.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Whether bytes beyond <see cref="Limit"/> were not kept.</summary>
    public bool IsTruncated => TotalBytes > _used;

    /// <summary>The bytes kept. Valid until <see cref="Clear"/> or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Kept => _buffer.AsMemory(0, _used);

    /// <summary>Adds bytes that passed.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        TotalBytes += bytes.Length;
        var keep = bytes[..Math.Min(bytes.Length, Math.Max(0, Limit - _used))];
        if (keep.IsEmpty)
        {
            return;
        }

        if (_buffer is null || _buffer.Length - _used < keep.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_used + keep.Length, Math.Max(2048, Math.Min(Limit, _used * 2))));
            if (_buffer is not null)
            {
                _buffer.AsSpan(0, _used).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_buffer);
            }

            _buffer = larger;
        }

        keep.CopyTo(_buffer.AsSpan(_used));
        _used += keep.Length;
    }

    /// <summary>Whether what is kept has no content coding, whatever the head says.</summary>
    public bool IsDecoded { get; private set; }

    /// <summary>
    /// Keeps other bytes, without content coding, in place of those that passed; <see cref="TotalBytes"/> becomes theirs.
    /// </summary>
    public void ReplaceDecoded(ReadOnlySpan<byte> bytes)
    {
        // What is replaced holds what must not be stored, and a pool hands arrays on as they are.
        _buffer.AsSpan(0, _used).Clear();
        (_used, TotalBytes) = (0, 0);
        Append(bytes);
        IsDecoded = true;
    }

    /// <summary>Makes the body one of which these bytes were kept, of so many in all.</summary>
    public void Load(ReadOnlySpan<byte> kept, long totalBytes)
    {
        Clear();
        Limit = Math.Max(Limit, kept.Length);
        Append(kept);
        TotalBytes = totalBytes;
    }

    /// <summary>Takes what another body keeps, which is empty then and has this one's buffer.</summary>
    public void TakeFrom(CapturedBody other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Clear();
        (_buffer, other._buffer) = (other._buffer, _buffer);
        (_used, TotalBytes, IsDecoded, Limit) = (other._used, other.TotalBytes, other.IsDecoded, other.Limit);
        (other._used, other.TotalBytes, other.IsDecoded) = (0, 0, false);
    }

    /// <summary>
    /// Makes the body empty and usable again. A small buffer stays with it: a shared pool may give it to another thread, and the next call
    /// would cost a new one.
    /// </summary>
    public void Clear()
    {
        if (_buffer is { Length: > Retained })
        {
            ReturnBuffer();
        }

        _used = 0;
        TotalBytes = 0;
        IsDecoded = false;
    }

    /// <summary>Makes the body empty and returns its buffer to the pool.</summary>
    public void Dispose()
    {
        Clear();
        ReturnBuffer();
    }

    private void ReturnBuffer()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }
}
