namespace AktoDivert.Core.Policy;

/// <summary>The AI and chatty domains the product ships with (embedded lists, one domain a line with its reason).</summary>
public static class DefaultDomains
{
    /// <summary>AI domains in the grammar of <see cref="HostPattern.TryParseDomain"/>.</summary>
    public static IReadOnlyList<string> Ai { get; } = Read("ai-domains.txt");

    /// <summary>Chatty domains in the same grammar.</summary>
    public static IReadOnlyList<string> Chatty { get; } = Read("chatty-domains.txt");

    private static List<string> Read(string resource)
    {
        using var reader = new StreamReader(typeof(DefaultDomains).Assembly.GetManifestResourceStream(resource)!);
        var domains = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            var domain = line.AsSpan(0, line.IndexOf('|', StringComparison.Ordinal) is >= 0 and var bar ? bar : line.Length).Trim();
            if (!domain.IsEmpty && domain[0] != '#')
            {
                domains.Add(domain.ToString());
            }
        }

        return domains;
    }
}
