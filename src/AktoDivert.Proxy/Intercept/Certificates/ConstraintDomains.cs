using AktoDivert.Core.Policy;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// The domains for which the device CA must be able to sign, so that the policy can intercept what it asks for, and nothing wider: a pattern
/// that no DNS subtree expresses is left out rather than widened.
/// </summary>
/// <param name="Domains">Each means the domain and its subdomains (RFC 5280, section 4.2.1.10); none is a subdomain of another.</param>
/// <param name="Inexpressible">Patterns left out, with the reason.</param>
public sealed record ConstraintDomains(IReadOnlyList<string> Domains, IReadOnlyList<InexpressiblePattern> Inexpressible)
{
    /// <summary>Collects the AI domains, the Proxy Patterns that intercept, and the hosts of the apps known.</summary>
    public static ConstraintDomains From(PolicySettings settings)
    {
        var patterns = settings.Patterns.Where(p => p.Intercept).Select(p => p.Pattern).Concat(settings.Apps.SelectMany(a => a.Hosts));
        var all = settings.AiDomains.Select(ParseDomain).Concat(patterns.Select(ParsePattern)).DistinctBy(p => p.Text).ToArray();
        var domains = WithoutSubsumed([.. all.Where(p => Refusal(p).Length == 0).Select(p => Subtree(p.Parsed!))]);
        var inexpressible = all.Where(p => Refusal(p).Length > 0 && !IsWithin(domains, p.Parsed)).Select(p => new InexpressiblePattern(p.Text, Refusal(p)));
        return new ConstraintDomains(domains, [.. inexpressible]);
    }

    /// <summary>Whether the host is one of the domains or below one.</summary>
    public bool Covers(string host) => Parents(host).Prepend(host).Any(domain => Domains.Contains(domain, StringComparer.OrdinalIgnoreCase));

    /// <summary>The domains without duplicates and without those below another one, sorted.</summary>
    internal static IReadOnlyList<string> WithoutSubsumed(IReadOnlyCollection<string> domains)
    {
        var all = domains.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. all.Where(d => !Parents(d).Any(all.Contains)).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Parents(string domain)
    {
        for (var dot = domain.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = domain.IndexOf('.', dot + 1))
        {
            yield return domain[(dot + 1)..];
        }
    }

    private static (string Text, HostPattern? Parsed, string? Error) ParseDomain(string text) =>
        (text, HostPattern.TryParseDomain(text, out var parsed, out var error) ? parsed : null, error);

    private static (string Text, HostPattern? Parsed, string? Error) ParsePattern(string text) =>
        (text, HostPattern.TryParse(text, out var parsed, out var error) ? parsed : null, error);

    // The subtree that says exactly what the pattern matches: *.openai.com -> openai.com. Any other glob matches less than a subtree.
    private static string Subtree(HostPattern pattern) => pattern.Host.StartsWith("*.", StringComparison.Ordinal) ? pattern.Host[2..] : pattern.Host;

    private static string Refusal((string Text, HostPattern? Parsed, string? Error) pattern) =>
        pattern.Parsed is { } parsed ? WhyNot(parsed, Subtree(parsed)) : pattern.Error!;

    private static string WhyNot(HostPattern pattern, string domain) => pattern.Kind switch
    {
        HostPatternKind.Address or HostPatternKind.Network => "certificates of the device CA carry no IP addresses; name the host instead",
        _ when domain.Contains('*', StringComparison.Ordinal) =>
            "the device CA can be limited to whole domains only, and would have to sign for more than this matches; write each host, or a domain as *.openai.com",
        _ when !domain.Contains('.', StringComparison.Ordinal) => "the device CA needs a domain of at least two labels; write for example *.openai.com",
        _ when SharedSuffixes.Contains(domain) =>
            $"{domain} is a suffix that many organisations share, and the device CA must not sign for them; add a label, for example .example.{domain}",
        _ => HostNames.IsDnsName(domain) ? "" : $"{domain} is not a DNS name",
    };

    // api.*.openai.com costs nothing when openai.com is permitted already.
    private static bool IsWithin(IReadOnlyList<string> domains, HostPattern? glob) =>
        glob?.Kind == HostPatternKind.Glob && Parents(glob.Host[glob.Host.LastIndexOf('*')..]).Any(domains.Contains);
}
