namespace AktoDivert.Core.Policy;

/// <summary>The form of a <see cref="HostPattern"/>'s host part, from least to most specific.</summary>
public enum HostPatternKind
{
    /// <summary>An address range: <c>10.0.0.0/8</c>.</summary>
    Network,

    /// <summary>A glob over labels: <c>*.openai.*</c>.</summary>
    Glob,

    /// <summary>A domain and every subdomain: <c>.openai.com</c>. As specific as a glob of as many literal labels.</summary>
    Suffix,

    /// <summary>One address: <c>10.1.2.3</c>.</summary>
    Address,

    /// <summary>One host: <c>api.openai.com</c>.</summary>
    Host,
}
