using System.Globalization;
using System.Text;

namespace AktoDivert.Guardrails.Redaction;

/// <summary>What stands in place of a secret: <c>[SECRET aws-access-key ****]</c>, stars alone where the name does not fit. ASCII without quotes
/// and backslashes, so that it may stand in any string.</summary>
internal static class Mask
{
    /// <summary>Fills <paramref name="place"/>, whatever its length.</summary>
    /// <param name="place">The bytes to overwrite.</param>
    /// <param name="detector">Detector type, for example <c>secrets</c>.</param>
    /// <param name="rule">Rule or entity.</param>
    public static void Write(Span<byte> place, string detector, string rule)
    {
        place.Fill((byte)'*');
        var label = Label(detector);
        var name = new string([.. rule.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        var text = $"[{label} {name} ";
        if (text.Length + 2 > place.Length)
        {
            text = $"[{label} ";
            if (text.Length + 2 > place.Length)
            {
                return;
            }
        }

        Encoding.ASCII.GetBytes(text, place);
        place[^1] = (byte)']';
    }

    /// <summary>What a finding shows of the text it found: its first and last characters where it is long, and its length.</summary>
    public static string Evidence(ReadOnlySpan<char> found)
    {
        var stars = string.Create(CultureInfo.InvariantCulture, $"****({found.Length})");
        if (found.Length < 12)
        {
            return stars;
        }

        var shown = found.Length < 24 ? 2 : 4;
        return Printable(found[..shown]) + stars + Printable(found[^2..]);
    }

    private static string Label(string detector) => detector switch
    {
        "secrets" => "SECRET",
        "pii" => "PII",
        "prompt-injection" or "prompt_injection" => "INJECTION",
        "source-code" or "source_code" => "CODE",
        _ => "REDACTED",
    };

    private static string Printable(ReadOnlySpan<char> text)
    {
        var printable = new char[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            printable[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
        }

        return new string(printable);
    }
}
