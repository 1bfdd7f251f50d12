namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>A map of a loaded object. On a closed object every call fails softly: false, nothing done.</summary>
/// <param name="owner">The object, which keeps the descriptor open.</param>
/// <param name="descriptor">The map's file descriptor.</param>
/// <param name="name">As in maps.h.</param>
internal sealed unsafe class BpfMap<TKey, TValue>(BpfObject owner, int descriptor, string name)
    where TKey : unmanaged
    where TValue : unmanaged
{
    internal string Name => name;

    internal int Descriptor => descriptor;

    internal bool TryGet(TKey key, out TValue value)
    {
        using var use = owner.Use();
        TValue found = default;
        var ok = use.IsOpen && LibBpf.bpf_map_lookup_elem(descriptor, &key, &found) == 0;
        value = found;
        return ok;
    }

    /// <summary>Inserts or replaces; false when the map is full.</summary>
    internal bool Set(TKey key, TValue value)
    {
        using var use = owner.Use();
        return use.IsOpen && LibBpf.bpf_map_update_elem(descriptor, &key, &value, 0) == 0;
    }

    /// <summary>Removes; false when there was no such key.</summary>
    internal bool Remove(TKey key)
    {
        using var use = owner.Use();
        return use.IsOpen && LibBpf.bpf_map_delete_elem(descriptor, &key) == 0;
    }

    internal List<TKey> Keys()
    {
        using var use = owner.Use();
        var keys = new List<TKey>();
        TKey next = default;
        var found = use.IsOpen && LibBpf.bpf_map_get_next_key(descriptor, null, &next) == 0;
        while (found)
        {
            keys.Add(next);
            var previous = next;
            found = LibBpf.bpf_map_get_next_key(descriptor, &previous, &next) == 0;
        }

        return keys;
    }

    /// <summary>The sum over all processors of a per-CPU map's 64-bit value.</summary>
    internal long SumOverProcessors(TKey key)
    {
        using var use = owner.Use();
        var values = new long[BpfObject.Processors];
        fixed (long* first = values)
        {
            return use.IsOpen && LibBpf.bpf_map_lookup_elem(descriptor, &key, first) == 0 ? values.Sum() : 0;
        }
    }
}
