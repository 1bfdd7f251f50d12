using System.Buffers;

namespace AktoDivert.Capture;

/// <summary>
/// Pooled memory that several entries share, so that one costs no array of its own. It is free when its writer is done with it and the last entry
/// in it was released. Taken from by one thread at a time, released by any.
/// </summary>
/// <param name="size">Bytes it has room for at least.</param>
/// <param name="freed">Takes it when it is free, to <see cref="Reuse"/> or <see cref="Return"/> it.</param>
internal sealed class MemorySegment(int size, Action<MemorySegment> freed)
{
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(size);
    private int _used;
    private int _holders = 1;

    /// <summary>Bytes it was made for.</summary>
    public int Size => size;

    /// <summary>Takes a piece of it, to be released; false when there is no room.</summary>
    public bool TryTake(int length, out Memory<byte> piece)
    {
        if (_bytes.Length - _used < length)
        {
            piece = default;
            return false;
        }

        piece = _bytes.AsMemory(_used, length);
        _used += length;
        Interlocked.Increment(ref _holders);
        return true;
    }

    /// <summary>Gives up one hold: an entry's, or the writer's own.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            freed(this);
        }
    }

    /// <summary>Makes it empty; only when it is free.</summary>
    public void Reuse() => (_used, _holders) = (0, 1);

    /// <summary>Gives its memory back to the pool, empty: header fields hold what apps sign in with. Only when it is free.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
}
