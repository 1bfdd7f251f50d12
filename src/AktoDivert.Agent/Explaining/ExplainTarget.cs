using System.Globalization;
using System.Net;

namespace AktoDivert.Agent.Explaining;

/// <summary>A parsed <c>host[:port][/path]</c>.</summary>
/// <param name="Host">Canonical host name; null for an address.</param>
/// <param name="Destination">The address, or 0.0.0.0 for a name, which is not looked up; and the port.</param>
/// <param name="Path">Path, or null.</param>
internal sealed record ExplainTarget(string? Host, IPEndPoint Destination, string? Path)
{
    /// <summary>Parses; <c>https://</c> in front is fine.</summary>
    public static bool TryParse(string text, out ExplainTarget? target, out string? error)
    {
        target = null;
        error = $"'{text}' is not a target; write host[:port][/path], for example api.anthropic.com/v1/messages, or [2001:db8::1]:443";
        var rest = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? text[8..] : text;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var path = slash < 0 ? null : rest[slash..];
        var authority = slash < 0 ? rest : rest[..slash];
        var port = 443;
        if (PortColon(authority) is var colon and > 0)
        {
            if (!int.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)
            {
                return false;
            }

            authority = authority[..colon];
        }

        var host = authority.Trim('[', ']');
        if (IPAddress.TryParse(host, out var address))
        {
            target = new ExplainTarget(null, new IPEndPoint(address, port), path);
        }
        else if (TryCanonical(host) is { } canonical)
        {
            target = new ExplainTarget(canonical, new IPEndPoint(IPAddress.Any, port), path);
        }
        else
        {
            return false;
        }

        error = null;
        return true;
    }

    // An IPv6 address has colons of its own: a port can only follow its closing bracket.
    private static int PortColon(string authority) => authority.StartsWith('[')
        ? authority.IndexOf("]:", StringComparison.Ordinal) + 1
        : authority.AsSpan().Count(':') == 1 ? authority.IndexOf(':', StringComparison.Ordinal) : 0;

    private static string? TryCanonical(string host)
    {
        try
        {
            var ascii = new IdnMapping { AllowUnassigned = true }.GetAscii(host.TrimEnd('.')).ToLowerInvariant();
            return Uri.CheckHostName(ascii) == UriHostNameType.Dns ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
