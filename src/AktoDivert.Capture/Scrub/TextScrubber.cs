using System.Text.RegularExpressions;

namespace AktoDivert.Capture.Scrub;

/// <summary>
/// Scrubs text whose structure is not known: JSON that is damaged or too deep, XML, plain text. Looks for quoted members of a
/// credential's name, bearer tokens, and keys of a known form.
/// </summary>
public static partial class TextScrubber
{
    /// <summary>The text without the credentials that can be recognised.</summary>
    public static string Scrub(string text)
    {
        try
        {
            text = Member().Replace(text, static m =>
                SensitiveNames.OfMember(m.Groups["name"].ValueSpan) == Sensitivity.Always
                    ? $"{m.Groups["before"]}{SecretShapes.Mark}{m.Groups["quote"]}"
                    : m.Value);
            text = Bearer().Replace(text, static m => $"{m.Groups["scheme"]} {SecretShapes.Mark}");
            return SecretShapes.Replace(text);
        }
        catch (RegexMatchTimeoutException)
        {
            // A text that takes seconds to search is not worth a credential.
            return "[text withheld: it could not be searched for credentials]";
        }
    }

    // The closing quote may be missing: a cut body ends within a value.
    [GeneratedRegex(
        @"(?<before>\\?[""'](?<name>[A-Za-z0-9_.\-]{2,64})\\?[""']\s{0,8}[:=]\s{0,8}\\?[""'])(?<value>[^""'\\\r\n]*)(?<quote>\\?[""']|$)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Member();

    [GeneratedRegex(@"\b(?<scheme>Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Bearer();
}
