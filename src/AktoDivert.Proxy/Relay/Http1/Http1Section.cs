using System.Buffers;

namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>
/// Finds the empty line that ends a head or a trailer section. A section that arrives in one piece is not copied; one that arrives in
/// several is joined in a pooled buffer. Lines end in CRLF or, as RFC 9112 section 2.2 lets a recipient accept, in LF alone.
/// </summary>
internal sealed class Http1Section
{
    /// <summary>Most bytes of a section. Servers in use accept 8 to 64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    private byte[] _bytes = [];
    private int _used;

    /// <summary>Whether no byte of a section is held.</summary>
    public bool IsEmpty => _used == 0;

    /// <summary>Whether the input so far exceeds <see cref="MaxBytes"/> without an end.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>Bytes held of a section that has not ended.</summary>
    public ReadOnlySpan<byte> Held => _bytes.AsSpan(0, _used);

    /// <summary>Takes input up to the end of the section; <paramref name="section"/> is valid until <see cref="Clear"/>.</summary>
    public bool TryRead(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> section)
    {
        section = default;
        if (input.IsEmpty)
        {
            return false;
        }

        var end = _used == 0 ? FindEnd(input, 0) : 0;
        if (end > 0)
        {
            section = input[..end];
            input = input[end..];
            IsTooLong = end > MaxBytes;
            return !IsTooLong;
        }

        var before = _used;
        Append(input[..Math.Min(input.Length, MaxBytes - _used)]);
        end = FindEnd(Held, Math.Max(0, before - 2));
        if (end == 0)
        {
            IsTooLong = _used == MaxBytes;
            input = default;
            return false;
        }

        section = _bytes.AsSpan(0, end);
        input = input[(end - before)..];
        return true;
    }

    /// <summary>Forgets the section and gives its buffer back.</summary>
    public void Clear()
    {
        IsTooLong = false;
        if (_bytes.Length == 0)
        {
            return;
        }

        // Heads hold cookies and tokens; the pool must not hand them on.
        _bytes.AsSpan(0, _used).Clear();
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _used) = ([], 0);
    }

    // The end is an LF that follows an LF (with or without CR between them), or an empty line at the very start: no fields at all.
    private static int FindEnd(ReadOnlySpan<byte> bytes, int from)
    {
        if (from == 0 && bytes is [(byte)'\n', ..])
        {
            return 1;
        }

        if (from == 0 && bytes is [(byte)'\r', (byte)'\n', ..])
        {
            return 2;
        }

        while (true)
        {
            var feed = bytes[from..].IndexOf((byte)'\n');
            if (feed < 0)
            {
                return 0;
            }

            from += feed + 1;
            switch (bytes[from..])
            {
                case [(byte)'\n', ..]:
                    return from + 1;
                case [(byte)'\r', (byte)'\n', ..]:
                    return from + 2;
            }
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _used < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2048, 2 * (_used + bytes.Length)));
            Held.CopyTo(larger);
            _bytes.AsSpan(0, _used).Clear();
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(_used));
        _used += bytes.Length;
    }
}
