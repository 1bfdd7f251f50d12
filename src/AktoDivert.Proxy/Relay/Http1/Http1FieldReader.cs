namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>Reads the lines of a head or trailer section: a start line, then fields (RFC 9112 section 5).</summary>
internal ref struct Http1FieldReader(ReadOnlySpan<byte> section)
{
    private ReadOnlySpan<byte> _rest = section;

    /// <summary>Whether a line was found that is no field. Reading stops there.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The first line of a head.</summary>
    public ReadOnlySpan<byte> ReadStartLine() => ReadLine();

    /// <summary>The next field; false at the end or when <see cref="IsMalformed"/>.</summary>
    public bool TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var line = ReadLine();
        if (line.IsEmpty)
        {
            return false;
        }

        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAny(" \t"u8))
        {
            IsMalformed = true;
            return false;
        }

        name = line[..colon];
        value = line[(colon + 1)..].Trim(" \t"u8);
        while (_rest is [(byte)' ' or (byte)'\t', ..])
        {
            // Obsolete line folding (section 5.2): read as one space. So rare that a copy does not matter.
            var folded = ReadLine().Trim(" \t"u8);
            value = (byte[])[.. value, (byte)' ', .. folded];
        }

        return true;
    }

    private ReadOnlySpan<byte> ReadLine()
    {
        var feed = _rest.IndexOf((byte)'\n');
        var line = feed < 0 ? _rest : _rest[..feed];
        _rest = feed < 0 ? default : _rest[(feed + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }
}
