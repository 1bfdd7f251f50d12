using System.Text.RegularExpressions;

namespace AktoDivert.Console.Calls.Export;

/// <summary>
/// Masks credentials in what leaves the console as a file. Agents remove them before upload; other clients of the same interface may not, and a
/// file travels further than a page.
/// </summary>
internal static partial class SecretMask
{
    private const string Mask = "[masked]";

    private static readonly HashSet<string> SecretHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "x-goog-api-key", "x-csrf-token", "x-auth-token",
        "openai-organization", "x-github-token",
    };

    /// <summary>A header's value; a scheme such as <c>Bearer</c> stays, so that a request can be completed by hand.</summary>
    public static string Header(string name, string value)
    {
        if (!SecretHeaders.Contains(name))
        {
            return Text(value);
        }

        var blank = value.IndexOf(' ', StringComparison.Ordinal);
        return blank is > 0 and < 16 && name.EndsWith("authorization", StringComparison.OrdinalIgnoreCase) ? $"{value[..blank]} {Mask}" : Mask;
    }

    /// <summary>Text with what looks like a key masked.</summary>
    public static string Text(string text) => Keys().Replace(text, Mask);

    /// <summary>An address with the values of parameters that carry keys masked.</summary>
    public static string Url(string url) => Text(Parameters().Replace(url, m => $"{m.Groups[1].Value}={Mask}"));

    // The prefixes by which vendors mark their keys: Anthropic and OpenAI, GitHub, AWS, Google, Slack, JSON web tokens.
    [GeneratedRegex(
        @"\b(?:sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{35}|xox[abprs]-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Keys();

    [GeneratedRegex(
        @"\b(key|api_key|apikey|access_token|token|sig|signature|code|secret|password)=[^&#\s]*",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Parameters();
}
