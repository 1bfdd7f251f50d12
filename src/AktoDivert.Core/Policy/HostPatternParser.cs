using System.Buffers;
using System.Globalization;
using System.Net;

namespace AktoDivert.Core.Policy;

/// <summary>Parses the grammar of <see cref="HostPattern"/>; every refusal says what is wrong and how to write it.</summary>
internal static class HostPatternParser
{
    private const int MaxLength = 2048;
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_*");
    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789./");
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = false };

    public static (HostPattern? Pattern, string? Error) Parse(string? text)
    {
        var trimmed = text?.Trim() ?? "";
        if (Refusal(trimmed) is { } refusal)
        {
            return (null, refusal);
        }

        string? path = null;
        if (trimmed.Contains("://", StringComparison.Ordinal))
        {
            if (!trimmed.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            {
                return (null, $"'{trimmed}': only https:// can be intercepted; write https://host/path/*.");
            }

            trimmed = trimmed["https://".Length..];
            var slash = trimmed.IndexOf('/', StringComparison.Ordinal);
            if (slash >= 0)
            {
                path = trimmed[slash..];
                trimmed = trimmed[..slash];
            }

            if (path is not null && path.AsSpan().IndexOfAny('?', '#') >= 0)
            {
                return (null, $"'{path}': a path pattern has no query or fragment; end it with * instead.");
            }

            // Every path of the host is the host itself.
            path = path is "/" or "/*" ? null : path;
        }

        return ParseHost(trimmed, path);
    }

    public static (HostPattern? Pattern, string? Error) ParseDomain(string? text)
    {
        var (pattern, error) = Parse(text);
        if (pattern is null)
        {
            return (null, error);
        }

        if (pattern.Port is not null || pattern.Path is not null || pattern.Kind is HostPatternKind.Address or HostPatternKind.Network)
        {
            return (null, $"'{pattern.Text}': a domain list holds domain names only; use a Proxy Pattern for ports, paths and addresses.");
        }

        return pattern.Kind == HostPatternKind.Glob
            ? (pattern, null)
            : (new HostPattern(HostPatternKind.Suffix, pattern.Host, default, null, null), null);
    }

    private static string? Refusal(string text) => text switch
    {
        "" => "The pattern is empty; write a host (api.openai.com), a domain (.openai.com) or an address range (10.0.0.0/8).",
        { Length: > MaxLength } => $"The pattern has {text.Length} characters; at most {MaxLength} are allowed.",
        _ when text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) => $"'{text}' contains white space; enter one pattern at a time.",
        _ when text.Contains('@') => $"'{text}' contains '@': a pattern has no user name.",
        _ => null,
    };

    private static (HostPattern? Pattern, string? Error) ParseHost(string text, string? path)
    {
        if (TryParseAddress(text, path) is { } address)
        {
            return address;
        }

        var host = text;
        int? port = null;
        var colon = text.LastIndexOf(':');
        if (colon >= 0)
        {
            if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is < 1 or > 65535)
            {
                return (null, $"'{text[(colon + 1)..]}' is not a port; write host:1 to host:65535.");
            }

            port = number;
            host = text[..colon];
        }

        if (host.Contains('/'))
        {
            return (null, $"'{text}': a path needs the form https://host/path/*, an address range the form 10.0.0.0/8.");
        }

        var isSuffix = host.StartsWith('.');
        var (name, error) = Canonical(isSuffix ? host[1..] : host);
        if (name is null)
        {
            return (null, error);
        }

        var isGlob = name.Contains('*');
        if (isSuffix && isGlob)
        {
            return (null, $"'{host}': a leading dot already means every subdomain; write it without the dot, or without '*'.");
        }

        var kind = isGlob ? HostPatternKind.Glob : isSuffix ? HostPatternKind.Suffix : HostPatternKind.Host;
        return (new HostPattern(kind, name, default, port, path), null);
    }

    private static (HostPattern? Pattern, string? Error)? TryParseAddress(string text, string? path)
    {
        int? port = null;
        var address = text;
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0)
            {
                return (null, $"'{text}': the bracket of an IPv6 address is not closed; write [2001:db8::1]:443.");
            }

            address = text[1..close];
            if (text.Length > close + 1 && (text[close + 1] != ':' || !TryPort(text.AsSpan(close + 2), out port)))
            {
                return (null, $"'{text[(close + 1)..]}' is not a port; write [2001:db8::1]:443.");
            }
        }
        else if (LooksLikeV4(text, out var colon))
        {
            address = colon < 0 ? text : text[..colon];
            if (colon >= 0 && !TryPort(text.AsSpan(colon + 1), out port))
            {
                return (null, $"'{text[(colon + 1)..]}' is not a port; write 10.1.2.3:443.");
            }
        }
        else if (text.AsSpan().Count(':') < 2)
        {
            return null;
        }

        if (address.Contains('/'))
        {
            return IPNetwork.TryParse(address, out var network)
                ? (new HostPattern(HostPatternKind.Network, "", network, port, path), null)
                : (null, $"'{address}' is not an address range; write 10.0.0.0/8 or 2001:db8::/32, with zeros after the prefix.");
        }

        // The parser of IPAddress also takes the forms of 1983 (10.1 is 10.0.0.1), which nobody means in a pattern.
        return IPAddress.TryParse(address, out var single) && (address.Contains(':') || address.AsSpan().Count('.') == 3)
            ? (new HostPattern(HostPatternKind.Address, "", new IPNetwork(single, single.GetAddressBytes().Length * 8), port, path), null)
            : (null, $"'{address}' is not an IP address; write 10.1.2.3 or 2001:db8::1.");
    }

    private static bool TryPort(ReadOnlySpan<char> text, out int? port)
    {
        var good = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535;
        port = good ? number : null;
        return good;
    }

    // Only digits, dots, a slash and a port: nobody's host name, since a top-level domain is never numeric (RFC 3696 section 2).
    private static bool LooksLikeV4(string text, out int colon)
    {
        colon = text.IndexOf(':', StringComparison.Ordinal);
        var address = colon < 0 ? text.AsSpan() : text.AsSpan(0, colon);
        return address.IndexOfAnyExcept(AddressCharacters) < 0 && address.Contains('.') && address.Length > 1;
    }

    private static (string? Name, string? Error) Canonical(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        if (name.Length == 0)
        {
            return (null, "The host is missing; write a host (api.openai.com) or a domain (.openai.com).");
        }

        if (!name.All(char.IsAscii))
        {
            try
            {
                name = Idn.GetAscii(name);
            }
            catch (ArgumentException)
            {
                return (null, $"'{host}' is not a valid international domain name.");
            }
        }

        name = name.ToLowerInvariant();
        foreach (var label in name.Split('.'))
        {
            if (label.Length is 0 or > 63)
            {
                return (null, label.Length == 0
                    ? $"'{host}' has an empty label (two dots in a row)."
                    : $"'{label}' is longer than 63 characters.");
            }

            if (label.AsSpan().IndexOfAnyExcept(LabelCharacters) is >= 0 and var at)
            {
                return (null, $"'{host}': '{label[at]}' cannot stand in a host name.");
            }
        }

        return name.Length > 253 ? (null, $"'{host}' is longer than 253 characters.") : (name, null);
    }
}
