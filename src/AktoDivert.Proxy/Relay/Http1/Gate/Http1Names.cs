using System.Text;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>Field names that framing depends on.</summary>
internal static class Http1Names
{
    public static bool IsContentLength(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "content-length"u8);

    public static bool IsContentEncoding(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "content-encoding"u8);

    public static bool IsTransferEncoding(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8);
}
