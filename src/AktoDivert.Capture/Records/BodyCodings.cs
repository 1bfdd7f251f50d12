using System.Text;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Capture.Records;

/// <summary>What stands between a body as it passed and its content.</summary>
internal static class BodyCodings
{
    /// <summary>
    /// All codings, comma-separated, in the order they were applied: content codings (RFC 9110 section 8.4), then transfer codings (RFC
    /// 9112 section 6.1) without <c>chunked</c>, which the tap undoes. Empty for none.
    /// </summary>
    public static string Of(HeaderBlock headers)
    {
        var content = headers.Find("content-encoding"u8, out _);
        var transfer = headers.Find("transfer-encoding"u8, out _);
        if (content.IsEmpty && (transfer.IsEmpty || Ascii.EqualsIgnoreCase(transfer, "chunked"u8)))
        {
            return "";
        }

        var codings = $"{Encoding.Latin1.GetString(content)},{Encoding.Latin1.GetString(transfer)}"
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(static coding => !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase));
        return string.Join(", ", codings);
    }
}
