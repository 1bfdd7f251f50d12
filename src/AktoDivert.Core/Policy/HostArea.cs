namespace AktoDivert.Core.Policy;

/// <summary>A part of the names of hosts, wide enough for what a pattern may match.</summary>
/// <param name="Domain">A domain in canonical form; empty for all names.</param>
/// <param name="Itself">Whether the domain is in it.</param>
/// <param name="Below">Whether all subdomains are in it.</param>
public readonly record struct HostArea(string Domain, bool Itself, bool Below)
{
    /// <summary>The smallest area that has all hosts that a pattern can match by name; null for a pattern of addresses.</summary>
    public static HostArea? Of(HostPattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return pattern.Kind switch
        {
            HostPatternKind.Host => new(pattern.Host, Itself: true, Below: false),
            HostPatternKind.Suffix => new(pattern.Host, Itself: true, Below: true),
            HostPatternKind.Glob => new(BehindWildcards(pattern.Host), Itself: false, Below: true),
            _ => null,
        };
    }

    // "*-aiplatform.googleapis.com" -> "googleapis.com", "*.openai.*" -> "": every name.
    private static string BehindWildcards(string glob)
    {
        var last = glob.LastIndexOf('*');
        var dot = glob.IndexOf('.', last);
        return dot < 0 ? "" : glob[(dot + 1)..];
    }
}
