using System.Collections.Frozen;
using System.Net;

namespace AktoDivert.Core.Policy;

/// <summary>
/// How far the rules of a policy that intercept reach, whatever process asks and whatever rules let pass: what lies outside passes for certain.
/// </summary>
public sealed class InterceptReach
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _sites;
    private readonly IPNetwork[] _networks;
    private readonly bool _everywhere;

    internal InterceptReach(IEnumerable<HostPattern> intercepting)
    {
        var patterns = intercepting.ToArray();
        Areas = [.. patterns.Select(HostArea.Of).OfType<HostArea>().Distinct()];
        _everywhere = Areas.Any(area => !area.Domain.Contains('.', StringComparison.Ordinal));
        _sites = Areas.Select(area => SiteOf(area.Domain).ToString()).ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _networks = [.. patterns.Where(pattern => pattern.Kind is HostPatternKind.Address or HostPatternKind.Network).Select(pattern => pattern.Network)];
    }

    /// <summary>The hosts that may be intercepted by their name.</summary>
    public IReadOnlyCollection<HostArea> Areas { get; }

    /// <summary>
    /// Whether a destination that serves a host is likely to serve hosts that are intercepted too: it is of the same site as one (the same last two
    /// labels), or everything there is intercepted by its address.
    /// </summary>
    /// <param name="host">The host, lower case.</param>
    /// <param name="destination">Where it is served.</param>
    public bool IsNear(string host, IPEndPoint destination)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(destination);
        var address = destination.Address.IsIPv4MappedToIPv6 ? destination.Address.MapToIPv4() : destination.Address;
        return _everywhere || _sites.Contains(SiteOf(host)) || _networks.Any(network => network.Contains(address));
    }

    private static ReadOnlySpan<char> SiteOf(ReadOnlySpan<char> host)
    {
        var last = host.LastIndexOf('.');
        var before = last < 0 ? -1 : host[..last].LastIndexOf('.');
        return host[(before + 1)..];
    }
}
