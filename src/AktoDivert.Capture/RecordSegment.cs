using System.Buffers;

namespace AktoDivert.Capture;

/// <summary>
/// Pooled memory that several records share, so that a record costs no array of its own. It is free when the outbox is done writing and the
/// last record in it was released. Written by one thread at a time, released by any.
/// </summary>
/// <param name="size">Bytes it has room for at least.</param>
/// <param name="freed">Takes it when it is free, to <see cref="Reuse"/> or <see cref="Return"/> it.</param>
internal sealed class RecordSegment(int size, Action<RecordSegment> freed)
{
    private readonly byte[] _bytes = ArrayPool<byte>.Shared.Rent(size);
    private int _used;
    private int _holders = 1;

    /// <summary>Bytes it was made for.</summary>
    public int Size => size;

    /// <summary>Copies a record into it; false when there is no room.</summary>
    public bool TryAdd(ReadOnlySpan<byte> json, out SerializedRecord record)
    {
        if (_bytes.Length - _used < json.Length)
        {
            record = default;
            return false;
        }

        json.CopyTo(_bytes.AsSpan(_used));
        record = new SerializedRecord(_bytes.AsMemory(_used, json.Length)) { Segment = this };
        _used += json.Length;
        Interlocked.Increment(ref _holders);
        return true;
    }

    /// <summary>Gives up one hold: a record's, or the writer's own.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            freed(this);
        }
    }

    /// <summary>Makes it empty; only when it is free.</summary>
    public void Reuse() => (_used, _holders) = (0, 1);

    /// <summary>Gives its memory back to the pool; only when it is free.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(_bytes);
}
