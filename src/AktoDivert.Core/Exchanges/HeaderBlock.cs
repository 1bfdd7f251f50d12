using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AktoDivert.Core.Exchanges;

/// <summary>
/// The header fields of one message as bytes, in wire order, in a pooled buffer. HTTP/2 pseudo-header fields are stored like any
/// other field (<c>:path</c>). Not thread-safe.
/// </summary>
public sealed class HeaderBlock : IDisposable
{
    /// <summary>Most bytes of names and values kept; fields beyond it are dropped and <see cref="IsTruncated"/> is set.</summary>
    public const int MaxBytes = ushort.MaxValue;

    /// <summary>Most fields kept.</summary>
    public const int MaxFields = 512;

    private const int RetainedBytes = 4096;

    private byte[]? _bytes;
    private HeaderPlace[]? _fields;
    private int _used;

    /// <summary>Number of fields.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a limit cut fields off.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Adds a field. Copies both spans.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var (start, length) = (_used, name.Length + value.Length);
        if (Count == MaxFields || !TryReserve(length))
        {
            IsTruncated = true;
            return;
        }

        var bytes = _bytes.AsSpan(start, length);
        name.CopyTo(bytes);
        value.CopyTo(bytes[name.Length..]);
        if (_fields is null || _fields.Length == Count)
        {
            _fields = Grow(_fields, Count, Count + 1);
        }

        _fields[Count++] = new HeaderPlace(0, name.Length, name.Length, value.Length).Behind(start);
    }

    /// <summary>Adds the fields of a text, which is copied as a whole.</summary>
    /// <param name="text">As it was sent, with what stands between the fields.</param>
    /// <param name="fields">Where they stand in it.</param>
    public void AddText(ReadOnlySpan<byte> text, ReadOnlySpan<HeaderPlace> fields)
    {
        var start = _used;
        if (fields.Length > MaxFields - Count || !TryReserve(text.Length))
        {
            // What fits.
            foreach (var field in fields)
            {
                Add(text.Slice(field.Name, field.NameLength), text.Slice(field.Value, field.ValueLength));
            }

            return;
        }

        text.CopyTo(_bytes.AsSpan(start));
        _fields = Grow(_fields, Count, Count + fields.Length);
        var added = _fields.AsSpan(Count, fields.Length);
        for (var i = 0; i < fields.Length; i++)
        {
            added[i] = fields[i].Behind(start);
        }

        Count += fields.Length;
    }

    /// <summary>Makes the block a copy of another.</summary>
    public void CopyFrom(HeaderBlock other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Clear();
        _bytes = Grow(_bytes, 0, other._used);
        _fields = Grow(_fields, 0, other.Count);
        other._bytes.AsSpan(0, other._used).CopyTo(_bytes);
        other._fields.AsSpan(0, other.Count).CopyTo(_fields);
        (_used, Count, IsTruncated) = (other._used, other.Count, other.IsTruncated);
    }

    /// <summary>Name of field <paramref name="index"/> as it was sent.</summary>
    public ReadOnlySpan<byte> Name(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
        return _bytes.AsSpan(_fields![index].Name, _fields[index].NameLength);
    }

    /// <summary>Value of field <paramref name="index"/> as it was sent, without surrounding white space.</summary>
    public ReadOnlySpan<byte> Value(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
        var field = _fields![index];
        return _bytes.AsSpan(field.Value, field.ValueLength);
    }

    /// <summary>
    /// Value of the first field of that name (ASCII, any case), or an empty span; <paramref name="found"/> tells the two apart.
    /// </summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> name, out bool found)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_fields![i].NameLength == name.Length && Ascii.EqualsIgnoreCase(Name(i), name))
            {
                found = true;
                return Value(i);
            }
        }

        found = false;
        return default;
    }

    /// <summary>Bytes that <see cref="Pack"/> writes.</summary>
    public int PackedLength => _used + (Count * Unsafe.SizeOf<HeaderPlace>());

    /// <summary>Writes the block as <see cref="Unpack"/> reads it, in this process and this version only.</summary>
    /// <param name="packed">Exactly <see cref="PackedLength"/> bytes.</param>
    public void Pack(Span<byte> packed)
    {
        MemoryMarshal.AsBytes(_fields.AsSpan(0, Count)).CopyTo(packed);
        _bytes.AsSpan(0, _used).CopyTo(packed[(Count * Unsafe.SizeOf<HeaderPlace>())..]);
    }

    /// <summary>Makes the block the one that was packed.</summary>
    /// <param name="packed">What <see cref="Pack"/> wrote.</param>
    /// <param name="count">Its <see cref="Count"/>.</param>
    /// <param name="isTruncated">Its <see cref="IsTruncated"/>.</param>
    public void Unpack(ReadOnlySpan<byte> packed, int count, bool isTruncated)
    {
        Clear();
        var fields = count * Unsafe.SizeOf<HeaderPlace>();
        _used = packed.Length - fields;
        (Count, IsTruncated) = (count, isTruncated);
        _fields = Grow(_fields, 0, count);
        _bytes = Grow(_bytes, 0, _used);
        packed[..fields].CopyTo(MemoryMarshal.AsBytes(_fields.AsSpan()));
        packed[fields..].CopyTo(_bytes);
    }

    /// <summary>Makes the block empty and usable again. Small buffers stay with it.</summary>
    public void Clear()
    {
        // Header values hold credentials until the scrubber ran.
        _bytes.AsSpan(0, _used).Clear();
        if (_bytes is { Length: > RetainedBytes })
        {
            ReturnBuffers();
        }

        _used = 0;
        Count = 0;
        IsTruncated = false;
    }

    /// <summary>Makes the block empty and returns its buffers to their pools.</summary>
    public void Dispose()
    {
        Clear();
        ReturnBuffers();
    }

    private bool TryReserve(int length)
    {
        var used = _used + length;
        if (used > MaxBytes)
        {
            return false;
        }

        if (_bytes is null || _bytes.Length < used)
        {
            _bytes = Grow(_bytes, _used, used);
        }

        _used = used;
        return true;
    }

    private void ReturnBuffers()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = null;
        }

        if (_fields is not null)
        {
            ArrayPool<HeaderPlace>.Shared.Return(_fields);
            _fields = null;
        }
    }

    private static T[] Grow<T>(T[]? array, int used, int needed)
    {
        if (array is not null && array.Length >= needed)
        {
            return array;
        }

        var larger = ArrayPool<T>.Shared.Rent(Math.Max(needed, Math.Max(typeof(T) == typeof(byte) ? 1024 : 24, used * 2)));
        if (array is not null)
        {
            array.AsSpan(0, used).CopyTo(larger);
            ArrayPool<T>.Shared.Return(array, clearArray: true);
        }

        return larger;
    }
}
