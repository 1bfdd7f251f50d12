using System.Text;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>The content coding of a message.</summary>
internal static class ContentCoding
{
    /// <summary>The codings of a head, comma-separated in the order they were applied; empty for none or <c>identity</c>.</summary>
    public static string Of(HeaderBlock headers)
    {
        var coding = Encoding.Latin1.GetString(headers.Find("content-encoding"u8, out _)).Trim();
        return coding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? "" : coding;
    }
}
