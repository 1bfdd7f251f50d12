using System.Buffers;
using System.Text.RegularExpressions;

namespace AktoDivert.Capture.Scrub;

/// <summary>
/// Scrubs text whose structure is not known: JSON that is damaged or too deep, XML, plain text, log lines. Looks for quoted members and parameters
/// of a credential's name, header fields and tokens of authorization, addresses with a password, and keys of a known form.
/// </summary>
public static partial class TextScrubber
{
    // A text without any of them, as most are, needs no expression: this one has no beginning that is quick to find.
    private static readonly SearchValues<string> FieldNames = SearchValues.Create(
        ["authorization:", "cookie:", "cookie2:", "-token:", "-secret:", "key:", "-password:", "-signature:", "-jwt:", "-credential:", "-credentials:", "-auth:", "-session:", "-info:"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>The text without the credentials that can be recognised.</summary>
    public static string Scrub(string text)
    {
        try
        {
            text = Member().Replace(text, static m =>
                SensitiveNames.OfMember(m.Groups["name"].ValueSpan) == Sensitivity.Always
                    ? $"{m.Groups["before"]}{SecretShapes.Mark}{m.Groups["quote"]}"
                    : m.Value);
            text = Address().Replace(text, static m => $"{m.Groups["before"]}{SecretShapes.Mark}@");
            text = Parameter().Replace(text, static m =>
                SensitiveNames.OfParameter(m.Groups["name"].ValueSpan) == Sensitivity.Always ? $"{m.Groups["before"]}{SecretShapes.Mark}" : m.Value);
            text = text.AsSpan().ContainsAny(FieldNames)
                ? Field().Replace(text, static m =>
                    SensitiveNames.IsSecretHeader(m.Groups["name"].Value.ToLowerInvariant()) ? $"{m.Groups["before"]}{SecretShapes.Mark}" : m.Value)
                : text;
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

    // RFC 3986 section 3.2.1. A user without a password may be a token; a name is not.
    [GeneratedRegex(
        @"(?<before>://[^\s/?#@:""'<>\\]{0,128}:)[^\s/?#""'<>\\]{1,512}@|(?<before>://)[A-Za-z0-9_\-]{20,512}@",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<before>[?&#](?<name>[A-Za-z0-9_.%\-]{2,64})=)[^&#\s""'<>\\]+",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Parameter();

    // To the end of the line: a cookie field has many pairs. Only names that no prose has before a colon. Of what Bearer finds the scheme stays.
    [GeneratedRegex(
        @"(?<before>\b(?<name>(?:Proxy-)?Authorization|(?:Set-)?Cookie2?|[A-Za-z0-9]{1,32}(?:-[A-Za-z0-9]{1,32}){1,6}):(?>[ \t]*))(?!(?:Bearer|Basic) )[^\r\n""']+",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Field();

    [GeneratedRegex(@"\b(?<scheme>Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Bearer();
}
