using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>Reads the lines of a head or trailer section: a start line, then fields (RFC 9112 section 5).</summary>
internal ref struct Http1FieldReader(ReadOnlySpan<byte> section)
{
    private readonly ReadOnlySpan<byte> _section = section;
    private int _at;

    // No white space stands before the colon (section 5.1).
    private static ReadOnlySpan<byte> NameEnds => ": \t\n"u8;

    /// <summary>What it reads.</summary>
    public readonly ReadOnlySpan<byte> Section => _section;

    /// <summary>Whether a line was found that is no field. Reading stops there.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Where the last field stands in <see cref="Section"/>; null when it does not stand there in one piece.</summary>
    public HeaderPlace? Place { get; private set; }

    /// <summary>The first line of a head.</summary>
    public ReadOnlySpan<byte> ReadStartLine()
    {
        var start = _at;
        return _section[start..EndOfLine()];
    }

    /// <summary>The next field; false at the end or when <see cref="IsMalformed"/>.</summary>
    public bool TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var start = _at;
        var rest = _section[start..];
        var colon = rest.IndexOfAny(NameEnds);
        if (colon <= 0 || rest[colon] != (byte)':')
        {
            IsMalformed = rest is not ([] or [(byte)'\n', ..] or [(byte)'\r'] or [(byte)'\r', (byte)'\n', ..]);
            return false;
        }

        _at = start + colon + 1;
        var (first, end) = TrimLine();
        name = rest[..colon];
        value = _section[first..end];
        if (_at < _section.Length && IsBlank(_section[_at]))
        {
            value = Unfold(value);
            Place = null;
        }
        else
        {
            Place = end <= HeaderBlock.MaxBytes ? new HeaderPlace(start, colon, first, end - first) : null;
        }

        return true;
    }

    private static bool IsBlank(byte octet) => octet is (byte)' ' or (byte)'\t';

    // Obsolete line folding (section 5.2): read as one space. So rare that copies do not matter.
    private byte[] Unfold(scoped ReadOnlySpan<byte> value)
    {
        byte[] whole = [.. value];
        while (_at < _section.Length && IsBlank(_section[_at]))
        {
            var (first, end) = TrimLine();
            whole = [.. whole, (byte)' ', .. _section[first..end]];
        }

        return whole;
    }

    // Mostly one space before: a search for any of several values costs more than looking.
    private (int Start, int End) TrimLine()
    {
        var section = _section;
        var start = _at;
        var end = EndOfLine();
        while (start < end && IsBlank(section[start]))
        {
            start++;
        }

        while (end > start && IsBlank(section[end - 1]))
        {
            end--;
        }

        return (start, end);
    }

    // Where the line ends, without its CR; goes on behind it.
    private int EndOfLine()
    {
        var start = _at;
        var feed = _section[start..].IndexOf((byte)'\n');
        var end = feed < 0 ? _section.Length : start + feed;
        _at = feed < 0 ? end : end + 1;
        return end > start && _section[end - 1] == (byte)'\r' ? end - 1 : end;
    }
}
