using System.Diagnostics.CodeAnalysis;

namespace AktoDivert.Capture.Records;

/// <summary>
/// Remembers what was made of short byte strings that come again and again: names, paths. Bounded; what it has no room for is made anew.
/// Not thread-safe.
/// </summary>
internal sealed class ByteMemo<TValue>
{
    private const int MaxKeys = 1024;
    private const int MaxBytes = 64 * 1024;

    private const int Places = 128;

    private readonly Dictionary<byte[], TValue> _values = new(ByteStringComparer.Instance);

    // What came last of those that share a place: the few names of a vendor's API are found without hashing them.
    private readonly (byte[]? Key, TValue Value)[] _recent = new (byte[]?, TValue)[Places];
    private int _bytes;

    /// <summary>The key's value, made when it is not known yet.</summary>
    public TValue GetOrAdd(ReadOnlySpan<byte> key, Func<ReadOnlySpan<byte>, TValue> make)
    {
        if (!TryGet(key, out var value))
        {
            value = make(key);
            Add(key, value);
        }

        return value;
    }

    /// <summary>Looks a key up.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value)
    {
        ref var recent = ref _recent[PlaceOf(key)];
        if (recent.Key is not null && key.SequenceEqual(recent.Key))
        {
            value = recent.Value;
            return true;
        }

        if (!_values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var known, out value))
        {
            return false;
        }

        recent = (known, value);
        return true;
    }

    /// <summary>Remembers the value of a key that is not known yet, if there is room.</summary>
    public void Add(ReadOnlySpan<byte> key, TValue value)
    {
        if (_values.Count < 2 * MaxKeys && _bytes < 2 * MaxBytes)
        {
            _values.Add(key.ToArray(), value);
            _bytes += key.Length;
        }
    }

    /// <summary>Forgets everything if it holds much, and tells so. After it there is room for 1024 keys of together 64 KiB.</summary>
    public bool Trim()
    {
        if (_values.Count <= MaxKeys && _bytes <= MaxBytes)
        {
            return false;
        }

        Clear();
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _values.Clear();
        Array.Clear(_recent);
        _bytes = 0;
    }

    private static int PlaceOf(ReadOnlySpan<byte> key) =>
        key.IsEmpty ? 0 : (key.Length + (key[0] * 5) + (key[key.Length / 2] * 17) + (key[^1] * 41)) % Places;
}
