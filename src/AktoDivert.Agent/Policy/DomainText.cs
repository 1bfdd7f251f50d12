using AktoDivert.Core.Policy;

namespace AktoDivert.Agent.Policy;

/// <summary>One spelling per domain, so that lists of different origin can be compared: <c>.OpenAI.com.</c> is <c>openai.com</c>.</summary>
internal static class DomainText
{
    /// <summary>The spelling, or what is wrong.</summary>
    public static bool TryCanonical(string text, out string domain, out string? error)
    {
        var parsed = HostPattern.TryParseDomain(text, out var pattern, out error);
        domain = parsed ? pattern!.Text.TrimStart('.') : text;
        return parsed;
    }

    /// <summary>The spelling; text that does not parse stays as it is, and is reported when it is compiled.</summary>
    public static string Canonical(string text) => TryCanonical(text, out var domain, out _) ? domain : text;
}
