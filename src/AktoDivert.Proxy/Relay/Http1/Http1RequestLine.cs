using System.Text;

namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>A request line taken apart (RFC 9112 section 3).</summary>
internal readonly ref struct Http1RequestLine
{
    /// <summary>The method, case as sent.</summary>
    public ReadOnlySpan<byte> Method { get; private init; }

    /// <summary>Authority of an absolute-form or authority-form target; empty when the Host field has it.</summary>
    public ReadOnlySpan<byte> Authority { get; private init; }

    /// <summary>Path and query, or <c>*</c>; empty for authority-form.</summary>
    public ReadOnlySpan<byte> Path { get; private init; }

    /// <summary>Reads <c>METHOD SP target SP HTTP/1.x</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out Http1RequestLine request)
    {
        request = default;
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first + 1 || !IsVersion(line[(last + 1)..])
            || line[..first].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            return false;
        }

        var target = line[(first + 1)..last];
        var authority = ReadOnlySpan<byte>.Empty;
        if (line[..first].SequenceEqual("CONNECT"u8))
        {
            authority = target;
            target = default;
        }
        else if (target[0] != (byte)'/' && target.IndexOf("://"u8) is > 0 and var scheme)
        {
            target = target[(scheme + 3)..];
            var path = target.IndexOfAny("/?"u8);
            authority = path < 0 ? target : target[..path];
            target = path < 0 ? "/"u8 : target[path..];
        }

        request = new Http1RequestLine { Method = line[..first], Authority = authority, Path = target };
        return true;
    }

    /// <summary>Whether the bytes are <c>HTTP/1.</c> and a digit.</summary>
    public static bool IsVersion(ReadOnlySpan<byte> version) =>
        version.Length == 8 && (version.StartsWith("HTTP/1."u8) || Ascii.EqualsIgnoreCase(version[..7], "HTTP/1."u8)) && char.IsAsciiDigit((char)version[7]);
}
