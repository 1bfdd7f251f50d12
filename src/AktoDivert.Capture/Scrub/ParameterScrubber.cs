using System.Text;

namespace AktoDivert.Capture.Scrub;

/// <summary>
/// Scrubs <c>name=value</c> pairs joined by <c>&amp;</c>: queries and application/x-www-form-urlencoded bodies. All else stays as it is.
/// </summary>
internal static class ParameterScrubber
{
    /// <summary>Scrubs a form body or a query without its question mark.</summary>
    public static string Scrub(string pairs)
    {
        if (pairs.Length == 0)
        {
            return pairs;
        }

        var output = new StringBuilder(pairs.Length);
        foreach (var range in pairs.AsSpan().Split('&'))
        {
            var pair = pairs.AsSpan()[range];
            if (range.Start.Value > 0)
            {
                output.Append('&');
            }

            var equals = pair.IndexOf('=');
            if (equals >= 0 && IsSecret(pair[..equals], pair[(equals + 1)..]))
            {
                output.Append(pair[..(equals + 1)]).Append(SecretShapes.Mark);
            }
            else
            {
                output.Append(pair);
            }
        }

        return output.ToString();
    }

    /// <summary>Scrubs a path with query and fragment, or a whole URL: parameters by name, and keys of a known form anywhere.</summary>
    public static string ScrubUrl(string url)
    {
        var query = url.IndexOf('?');
        if (query < 0)
        {
            return SecretShapes.Replace(url);
        }

        // OAuth's implicit grant (RFC 6749 section 4.2.2) puts its tokens into the fragment.
        var fragment = url.IndexOf('#', query);
        var end = fragment < 0 ? url.Length : fragment;
        var scrubbed = url[..(query + 1)] + Scrub(url[(query + 1)..end]) + (fragment < 0 ? "" : "#" + Scrub(url[(fragment + 1)..]));
        return SecretShapes.Replace(scrubbed);
    }

    private static bool IsSecret(ReadOnlySpan<char> name, ReadOnlySpan<char> value) =>
        !value.IsEmpty
        && (SensitiveNames.OfParameter(Uri.UnescapeDataString(name)) == Sensitivity.Always || SecretShapes.Occurs(value));
}
