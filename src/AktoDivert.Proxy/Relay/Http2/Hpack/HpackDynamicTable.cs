using System.Buffers;

namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>
/// The dynamic table of RFC 7541 section 2.3.2: a queue of entries whose bytes lie one after another in one pooled array. It grows as it
/// fills, never by a size that the peer announced.
/// </summary>
internal sealed class HpackDynamicTable
{
    /// <summary>What the RFC adds to the bytes of an entry (section 4.1).</summary>
    public const int EntryOverhead = 32;

    private Entry[] _entries = [];
    private byte[] _bytes = [];
    private int _oldest;
    private int _end;
    private long _origin;

    // Start counts all bytes ever inserted, so that moving the bytes changes one origin and no entry.
    private readonly record struct Entry(long Start, int NameLength, int ValueLength)
    {
        public int Length => NameLength + ValueLength;
    }

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Size as the RFC counts it.</summary>
    public int Size { get; private set; }

    /// <summary>Number of entries ever inserted: an entry of age a is number <c>Inserted - 1 - a</c>.</summary>
    public long Inserted { get; private set; }

    /// <summary>Maximum size in force, in the RFC's count.</summary>
    public int MaxSize { get; private set; } = 4096;

    /// <summary>Name of an entry, 0 for the newest.</summary>
    public ReadOnlySpan<byte> Name(int age) => _bytes.AsSpan(Offset(At(age)), At(age).NameLength);

    /// <summary>Value of an entry, 0 for the newest.</summary>
    public ReadOnlySpan<byte> Value(int age) => _bytes.AsSpan(Offset(At(age)) + At(age).NameLength, At(age).ValueLength);

    /// <summary>Sets the maximum and evicts what no longer fits.</summary>
    public void Resize(int maxSize)
    {
        MaxSize = maxSize;
        Evict(maxSize);
    }

    /// <summary>Inserts a copy; an entry larger than the table empties it (section 4.4). The spans must not be this table's own.</summary>
    public void Insert(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var length = name.Length + value.Length;
        var size = length + EntryOverhead;
        Evict(MaxSize - size);
        if (size > MaxSize)
        {
            return;
        }

        MakeRoom(length);
        name.CopyTo(_bytes.AsSpan(_end));
        value.CopyTo(_bytes.AsSpan(_end + name.Length));
        _entries[(_oldest + Count++) & (_entries.Length - 1)] = new Entry(_origin + _end, name.Length, value.Length);
        _end += length;
        Size += size;
        Inserted++;
    }

    /// <summary>Gives pooled buffers back.</summary>
    public void Release()
    {
        // Entries hold cookies and tokens; the pool must not hand them on.
        ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
        (_bytes, _entries, Count, Size, _end) = ([], [], 0, 0, 0);
    }

    private Entry At(int age) => _entries[(_oldest + Count - 1 - age) & (_entries.Length - 1)];

    private int Offset(Entry entry) => (int)(entry.Start - _origin);

    private void Evict(int atMost)
    {
        while (Count > 0 && Size > atMost)
        {
            Size -= _entries[_oldest].Length + EntryOverhead;
            _oldest = (_oldest + 1) & (_entries.Length - 1);
            Count--;
        }
    }

    private void MakeRoom(int length)
    {
        if (Count == _entries.Length)
        {
            var larger = new Entry[Math.Max(16, 2 * Count)];
            for (var i = 0; i < Count; i++)
            {
                larger[i] = _entries[(_oldest + i) & (_entries.Length - 1)];
            }

            (_entries, _oldest) = (larger, 0);
        }

        if (_bytes.Length - _end >= length)
        {
            return;
        }

        var start = Count == 0 ? _end : Offset(_entries[_oldest]);
        var live = _bytes.AsSpan(start, _end - start);
        if (2 * (live.Length + length) <= _bytes.Length)
        {
            live.CopyTo(_bytes);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(1024, 2 * (live.Length + length)));
            live.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
            _bytes = larger;
        }

        (_origin, _end) = (_origin + start, live.Length);
    }
}
