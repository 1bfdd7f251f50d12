using AktoDivert.Core.Policy;

namespace AktoDivert.Console.Settings;

/// <summary>Reads domains as people paste them: one a line, blank lines and <c>#</c> comments skipped.</summary>
internal static class DomainLines
{
    private const int MostErrors = 20;
    private const int LongestQuote = 80;

    /// <summary>The form in which a domain is stored; what is no domain comes back as it is.</summary>
    public static string Canonical(string domain) => HostPattern.TryParseDomain(domain, out var parsed, out _) ? parsed!.Text : domain;

    /// <summary>Parses lines.</summary>
    /// <returns>The canonical domains, and a sentence for each line that is none, naming the line.</returns>
    public static (IReadOnlyList<string> Domains, IReadOnlyList<string> Errors) Parse(IReadOnlyList<string> lines)
    {
        var domains = new List<string>();
        var errors = new List<string>();
        for (var i = 0; i < lines.Count && errors.Count < MostErrors; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (HostPattern.TryParseDomain(line, out var domain, out var error))
            {
                domains.Add(domain!.Text);
            }
            else
            {
                errors.Add($"Line {i + 1}, \"{(line.Length > LongestQuote ? line[..LongestQuote] + "…" : line)}\": {error}");
            }
        }

        return domains.Count == 0 && errors.Count == 0 ? ([], ["Enter at least one domain."]) : (domains, errors);
    }
}
