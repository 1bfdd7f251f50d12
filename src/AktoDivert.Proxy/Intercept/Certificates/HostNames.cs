using System.Buffers;
using System.Net;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>What the device CA accepts as a host name.</summary>
internal static class HostNames
{
    private const int MaximumLength = 253;
    private const int MaximumLabelLength = 63;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>The name without its final dot.</summary>
    public static string WithoutFinalDot(string host) => host.EndsWith('.') ? host[..^1] : host;

    /// <summary>
    /// Whether it is a DNS name of letters, digits, hyphens and underscores (in use, though RFC 1123 has none). What comes here is what an
    /// app wrote into its ClientHello: everything that could mean something else inside a certificate is refused.
    /// </summary>
    public static bool IsDnsName(ReadOnlySpan<char> host)
    {
        if (host.Length is 0 or > MaximumLength || IPAddress.TryParse(host, out _))
        {
            return false;
        }

        foreach (var label in host.Split('.'))
        {
            var text = host[label];
            if (text.Length is 0 or > MaximumLabelLength || text.ContainsAnyExcept(Allowed))
            {
                return false;
            }
        }

        return true;
    }
}
