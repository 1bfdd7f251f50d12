using System.Buffers;
using System.Text;

namespace AktoDivert.Core.Flows;

/// <summary>The host name of an SNI entry (RFC 6066 section 3: ASCII, IDNA A-labels, no address literal).</summary>
public static class HostName
{
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    // The underscore is no host name character by RFC 952, but names with it resolve and are served.
    private static readonly SearchValues<byte> Allowed = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."u8);

    /// <summary>The name in lower case without its trailing dot, or null when the bytes are no host name.</summary>
    public static string? Parse(ReadOnlySpan<byte> name)
    {
        if (name.Length > 1 && name[^1] == '.')
        {
            name = name[..^1];
        }

        if (name.IsEmpty || name.Length > MaxLength || name.ContainsAnyExcept(Allowed))
        {
            return null;
        }

        var last = name;
        foreach (var range in name.Split((byte)'.'))
        {
            last = name[range];
            if (last.IsEmpty || last.Length > MaxLabelLength)
            {
                return null;
            }
        }

        // No top-level domain is a number, so such a name is an IPv4 literal in one of its spellings.
        return last.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? Encoding.ASCII.GetString(name).ToLowerInvariant() : null;
    }
}
