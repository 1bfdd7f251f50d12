using System.Net;

namespace AktoDivert.Core.Policy;

/// <summary>
/// A parsed Proxy Pattern or domain list entry. Grammar (case-insensitive, IDNA, one trailing dot ignored, label boundaries respected):
/// <c>api.openai.com</c> that host; <c>.openai.com</c> the domain and every subdomain; <c>*.openai.*</c> glob over labels, where
/// <c>*</c> stands for one or more labels, or for any part of one label (<c>*-aiplatform.googleapis.com</c>); <c>host:8443</c>;
/// <c>10.0.0.0/8</c> and IP literals (IPv6 with a port in brackets); <c>https://host/path/*</c>.
/// </summary>
public sealed class HostPattern
{
    private readonly string[] _globLabels;

    internal HostPattern(HostPatternKind kind, string host, IPNetwork network, int? port, string? path)
    {
        Kind = kind;
        Host = host;
        Network = network;
        Port = port;
        Path = path;
        _globLabels = kind == HostPatternKind.Glob ? host.Split('.') : [];
        LiteralLabels = kind switch
        {
            HostPatternKind.Glob => _globLabels.Count(label => !label.Contains('*')),
            HostPatternKind.Suffix or HostPatternKind.Host => host.AsSpan().Count('.') + 1,
            _ => 0,
        };
        Text = Write();
    }

    /// <summary>Form of the host part.</summary>
    public HostPatternKind Kind { get; }

    /// <summary>Host part in canonical form without a leading dot; empty for addresses and networks.</summary>
    public string Host { get; }

    /// <summary>The range of an address (a full-length prefix) or network; default for names.</summary>
    public IPNetwork Network { get; }

    /// <summary>Destination port it is limited to, or null for any.</summary>
    public int? Port { get; }

    /// <summary>
    /// Path glob (starts with <c>/</c>, <c>*</c> crosses slashes) of an <c>https://</c> pattern that does not mean every path; null
    /// otherwise.
    /// </summary>
    public string? Path { get; }

    /// <summary>Number of labels without a wildcard.</summary>
    public int LiteralLabels { get; }

    /// <summary>The pattern in canonical form: lower case, IDNA, no trailing dot.</summary>
    public string Text { get; }

    /// <summary>How specific the host part is; of two matching patterns the one with the higher weight decides.</summary>
    public int Weight => Kind switch
    {
        HostPatternKind.Host => 3_000_000,
        HostPatternKind.Address => 2_000_000,
        HostPatternKind.Suffix or HostPatternKind.Glob => 1_000_000 + (LiteralLabels * 1000),
        _ => Network.PrefixLength * 1000,
    }
    + (Port is null ? 0 : 1);

    /// <summary>Parses a Proxy Pattern.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="pattern">The result, or null.</param>
    /// <param name="error">What is wrong and how to write it, for the person who typed it; null on success.</param>
    public static bool TryParse(string? text, out HostPattern? pattern, out string? error)
    {
        (pattern, error) = HostPatternParser.Parse(text);
        return pattern is not null;
    }

    /// <summary>
    /// Parses a domain list entry, where <c>openai.com</c> means the domain and every subdomain. Globs are allowed; paths, ports and
    /// addresses are not.
    /// </summary>
    public static bool TryParseDomain(string? text, out HostPattern? pattern, out string? error)
    {
        (pattern, error) = HostPatternParser.ParseDomain(text);
        return pattern is not null;
    }

    /// <summary>
    /// Whether the host part matches: names against <paramref name="host"/>, addresses against <paramref name="destination"/>.
    /// </summary>
    public bool Matches(string? host, IPEndPoint destination)
    {
        if (Port is { } port && port != destination.Port)
        {
            return false;
        }

        return Kind switch
        {
            HostPatternKind.Host => string.Equals(host, Host, StringComparison.OrdinalIgnoreCase),
            HostPatternKind.Suffix => host is not null && IsSameOrBelow(host, Host),
            HostPatternKind.Glob => host is not null && LabelGlob.Matches(_globLabels, host),
            _ => Network.Contains(destination.Address.IsIPv4MappedToIPv6 ? destination.Address.MapToIPv4() : destination.Address),
        };
    }

    /// <summary>
    /// The literal label of a glob that an index files it under: the longest one, or null when every label has a wildcard.
    /// </summary>
    internal string? LongestLiteralLabel => _globLabels.Where(label => !label.Contains('*')).MaxBy(label => label.Length);

    /// <inheritdoc />
    public override string ToString() => Text;

    private static bool IsSameOrBelow(string host, string domain) =>
        host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
        && (host.Length == domain.Length || host[host.Length - domain.Length - 1] == '.');

    private string Write()
    {
        var host = Kind switch
        {
            HostPatternKind.Suffix => "." + Host,
            HostPatternKind.Network => Network.ToString(),
            HostPatternKind.Address when Network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                && (Port ?? 0) + (Path?.Length ?? 0) > 0
                => $"[{Network.BaseAddress}]",
            HostPatternKind.Address => Network.BaseAddress.ToString(),
            _ => Host,
        };
        var hostAndPort = Port is null ? host : $"{host}:{Port}";
        return Path is null ? hostAndPort : $"https://{hostAndPort}{Path}";
    }
}
