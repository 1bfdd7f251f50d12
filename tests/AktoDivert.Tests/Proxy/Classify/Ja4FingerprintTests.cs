using System.Globalization;
using AktoDivert.Proxy.Classify;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Proxy.Classify;

/// <summary>The vectors are published pairs of raw and hashed fingerprints.</summary>
[TestClass]
public sealed class Ja4FingerprintTests
{
    private const string ChromeCiphers = "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035";
    private const string ChromeAlgorithms = "0403,0804,0401,0503,0805,0501,0806,0601";

    [TestMethod]
    [DataRow("t13d1516h2_8daaf6152771_e5627efa2ab1", "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015")]
    [DataRow("t13d1516h2_8daaf6152771_d8a2da3f94cd", "002d,0033,0010,fe0d,0017,44cd,0000,000b,000a,002b,ff01,0023,0012,0005,000d,001b")]
    public void Published_vectors_of_Chrome_are_met(string expected, string extensions)
    {
        var builder = new ClientHelloBuilder { Ciphers = [0x3a3a, .. List(ChromeCiphers)] };
        builder.Extension(0x5a5a);
        foreach (var type in List(extensions))
        {
            _ = type switch
            {
                0x0000 => builder.ServerName("example.com"),
                0x0010 => builder.Alpn("h2", "http/1.1"),
                0x000d => builder.SignatureAlgorithms([.. List(ChromeAlgorithms)]),
                0x002b => builder.Versions(0xdada, 0x0304, 0x0303),
                _ => builder.Extension(type),
            };
        }

        builder.Extension(0xcaca, 0);
        Assert.AreEqual(ClientHelloStatus.Complete, ClientHelloReader.Read(builder.Records(), out var facts, out _));
        Assert.AreEqual(expected, facts!.Ja4);
    }

    [TestMethod]
    [DataRow("h2", "h2")]
    [DataRow("http/1.1", "h1")]
    [DataRow("x", "xx")]
    [DataRow("\u00ab", "ab")]
    [DataRow("\u00ab\u00cd", "ad")]
    [DataRow("0\u00ab", "3b")]
    [DataRow("0\u00ab1", "01")]
    public void The_alpn_code_takes_the_ends_or_their_hex(string alpn, string expected)
    {
        ClientHelloReader.Read(new ClientHelloBuilder().Alpn(alpn).Records(), out var facts, out _);
        Assert.AreEqual($"t12i0301{expected}", facts!.Ja4[..10]);
    }

    [TestMethod]
    public void A_hello_without_anything_hashes_to_zeros()
    {
        ClientHelloReader.Read(new ClientHelloBuilder { Ciphers = [], Version = 0x0301 }.Records(), out var facts, out _);
        Assert.AreEqual("t10i000000_000000000000_000000000000", facts!.Ja4);
    }

    [TestMethod]
    public void Grease_values_are_those_of_the_rfc()
    {
        var grease = Enumerable.Range(0, 0x10000).Where(v => Ja4Fingerprint.IsGrease((ushort)v)).ToArray();
        Assert.HasCount(16, grease);
        Assert.AreEqual(0x0a0a, grease[0]);
        Assert.AreEqual(0xfafa, grease[15]);
    }

    private static IEnumerable<ushort> List(string hex) => hex.Split(',').Select(h => ushort.Parse(h, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
