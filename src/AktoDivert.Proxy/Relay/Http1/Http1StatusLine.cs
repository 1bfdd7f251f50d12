namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>A status line taken apart (RFC 9112 section 4).</summary>
internal readonly ref struct Http1StatusLine
{
    /// <summary>100 to 999.</summary>
    public int Code { get; private init; }

    /// <summary>The code as sent.</summary>
    public ReadOnlySpan<byte> Digits { get; private init; }

    /// <summary>Reads <c>HTTP/1.x SP status [SP reason]</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out Http1StatusLine status)
    {
        status = default;
        if (line.Length < 12 || !Http1RequestLine.IsVersion(line[..8]) || line[8] != (byte)' '
            || (line.Length > 12 && line[12] != (byte)' '))
        {
            return false;
        }

        var digits = line.Slice(9, 3);
        if (digits[0] == (byte)'0' || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        status = new Http1StatusLine { Code = ((digits[0] - '0') * 100) + ((digits[1] - '0') * 10) + (digits[2] - '0'), Digits = digits };
        return true;
    }
}
