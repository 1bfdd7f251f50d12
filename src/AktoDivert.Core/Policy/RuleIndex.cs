using System.Collections.Frozen;
using System.Net;

namespace AktoDivert.Core.Policy;

/// <summary>Finds the most specific rule for a flow in time that does not grow with the number of rules.</summary>
internal sealed class RuleIndex
{
    private readonly FrozenDictionary<string, PolicyRule[]> _hosts;
    private readonly FrozenDictionary<string, PolicyRule[]>.AlternateLookup<ReadOnlySpan<char>> _suffixes;
    private readonly FrozenDictionary<string, PolicyRule[]>.AlternateLookup<ReadOnlySpan<char>> _globsByLabel;
    private readonly PolicyRule[] _otherGlobs;
    private readonly FrozenDictionary<IPNetwork, PolicyRule[]> _networks;
    private readonly (System.Net.Sockets.AddressFamily Family, int Length)[] _prefixLengths;
    private readonly bool _hasSuffixes;
    private readonly bool _hasGlobs;

    public RuleIndex(IEnumerable<PolicyRule> rules)
    {
        var byKind = rules.ToLookup(rule => rule.Pattern.Kind);
        _hosts = Freeze(byKind[HostPatternKind.Host], rule => rule.Pattern.Host);
        var suffixes = Freeze(byKind[HostPatternKind.Suffix], rule => rule.Pattern.Host);
        _hasSuffixes = suffixes.Count > 0;
        _suffixes = suffixes.GetAlternateLookup<ReadOnlySpan<char>>();
        var globs = byKind[HostPatternKind.Glob].ToLookup(rule => rule.Pattern.LongestLiteralLabel is not null);
        var byLabel = Freeze(globs[true], rule => rule.Pattern.LongestLiteralLabel!);
        _hasGlobs = byLabel.Count > 0;
        _globsByLabel = byLabel.GetAlternateLookup<ReadOnlySpan<char>>();
        _otherGlobs = [.. globs[false]];
        var networks = byKind[HostPatternKind.Network].Concat(byKind[HostPatternKind.Address]).ToArray();
        _networks = networks.GroupBy(rule => rule.Pattern.Network).ToFrozenDictionary(g => g.Key, g => g.ToArray());
        _prefixLengths = [.. networks
            .Select(r => (r.Pattern.Network.BaseAddress.AddressFamily, r.Pattern.Network.PrefixLength))
            .Distinct()];
    }

    /// <summary>The rule that decides, or null when none matches. <paramref name="host"/> is lower case.</summary>
    public PolicyRule? Find(string? host, IPEndPoint destination)
    {
        PolicyRule? best = null;
        if (host is not null)
        {
            if (_hosts.TryGetValue(host, out var exact))
            {
                Consider(exact, host, destination, ref best);
            }

            if (_hasSuffixes)
            {
                ConsiderSuffixes(host, destination, ref best);
            }

            if (_hasGlobs)
            {
                foreach (var range in host.AsSpan().Split('.'))
                {
                    if (_globsByLabel.TryGetValue(host.AsSpan(range), out var globs))
                    {
                        Consider(globs, host, destination, ref best);
                    }
                }
            }

            Consider(_otherGlobs, host, destination, ref best);
        }

        ConsiderNetworks(host, destination, ref best);
        return best;
    }

    private void ConsiderSuffixes(string host, IPEndPoint destination, ref PolicyRule? best)
    {
        var rest = host.AsSpan();
        while (true)
        {
            if (_suffixes.TryGetValue(rest, out var rules))
            {
                Consider(rules, host, destination, ref best);
            }

            var dot = rest.IndexOf('.');
            if (dot < 0)
            {
                return;
            }

            rest = rest[(dot + 1)..];
        }
    }

    private void ConsiderNetworks(string? host, IPEndPoint destination, ref PolicyRule? best)
    {
        if (_prefixLengths.Length == 0)
        {
            return;
        }

        var address = destination.Address.IsIPv4MappedToIPv6 ? destination.Address.MapToIPv4() : destination.Address;
        Span<byte> bytes = stackalloc byte[16];
        foreach (var (family, length) in _prefixLengths)
        {
            if (family != address.AddressFamily)
            {
                continue;
            }

            _ = address.TryWriteBytes(bytes, out var size);
            for (var bit = length; bit < size * 8; bit++)
            {
                bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            }

            if (_networks.TryGetValue(new IPNetwork(new IPAddress(bytes[..size]), length), out var rules))
            {
                Consider(rules, host, destination, ref best);
            }
        }
    }

    private static void Consider(ReadOnlySpan<PolicyRule> rules, string? host, IPEndPoint destination, ref PolicyRule? best)
    {
        foreach (var rule in rules)
        {
            if (rule.Pattern.Matches(host, destination) && rule.Beats(best))
            {
                best = rule;
            }
        }
    }

    private static FrozenDictionary<string, PolicyRule[]> Freeze(IEnumerable<PolicyRule> rules, Func<PolicyRule, string> key) =>
        rules.GroupBy(key, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
}
