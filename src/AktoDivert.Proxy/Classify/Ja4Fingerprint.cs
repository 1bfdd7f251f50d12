using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AktoDivert.Proxy.Classify;

/// <summary>
/// The JA4 fingerprint of a ClientHello over TCP, as FoxIO's technical description defines it: <c>t</c>, version, SNI, counts and ALPN; a
/// hash of the sorted cipher suites; a hash of the sorted extensions with the signature algorithms in their own order. GREASE (RFC 8701) is
/// left out everywhere.
/// </summary>
internal static class Ja4Fingerprint
{
    private const ushort ServerName = 0x0000;
    private const ushort Alpn = 0x0010;
    private const int HashLength = 12;
    private const string HashOfNothing = "000000000000";

    /// <summary>
    /// Whether a cipher suite, extension, version or algorithm is a GREASE value (RFC 8701 section 2: 0x0A0A, 0x1A1A, ... 0xFAFA).
    /// </summary>
    public static bool IsGrease(ushort value) => (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);

    /// <summary>Computes the fingerprint. The lists are as sent, without GREASE.</summary>
    public static string Compute(
        ushort version, List<ushort> ciphers, List<ushort> extensions, List<ushort> signatureAlgorithms, ReadOnlySpan<byte> firstAlpn)
    {
        var hasServerName = extensions.Contains(ServerName);
        var prefix = string.Create(
            CultureInfo.InvariantCulture,
            $"t{VersionCode(version)}{(hasServerName ? 'd' : 'i')}{Math.Min(ciphers.Count, 99):00}"
            + $"{Math.Min(extensions.Count, 99):00}{AlpnCode(firstAlpn)}");

        var cipherHash = ciphers.Count == 0 ? HashOfNothing : Hash(Hex(ciphers.Order()));
        var extensionHash = extensions.Count == 0 ? HashOfNothing : Hash(ExtensionText(extensions, signatureAlgorithms));
        return $"{prefix}_{cipherHash}_{extensionHash}";
    }

    private static string ExtensionText(List<ushort> extensions, List<ushort> signatureAlgorithms)
    {
        var sorted = Hex(extensions.Where(e => e is not (ServerName or Alpn)).Order());
        return signatureAlgorithms.Count == 0 ? sorted : $"{sorted}_{Hex(signatureAlgorithms)}";
    }

    private static string VersionCode(ushort version) => version switch
    {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        _ => "00",
    };

    private static string AlpnCode(ReadOnlySpan<byte> alpn)
    {
        if (alpn.IsEmpty)
        {
            return "00";
        }

        if (char.IsAsciiLetterOrDigit((char)alpn[0]) && char.IsAsciiLetterOrDigit((char)alpn[^1]))
        {
            return $"{(char)alpn[0]}{(char)alpn[^1]}";
        }

        var hex = Convert.ToHexStringLower(alpn);
        return $"{hex[0]}{hex[^1]}";
    }

    private static string Hex(IEnumerable<ushort> values) =>
        string.Join(',', values.Select(v => v.ToString("x4", CultureInfo.InvariantCulture)));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..HashLength];
}
