using System.Text;
using AktoDivert.Core.Flows;
using AktoDivert.Proxy.Classify;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Proxy.Classify;

[TestClass]
public sealed class ClientHelloReaderTests
{
    private static ClientHelloBuilder Typical() =>
        new ClientHelloBuilder().ServerName("API.Anthropic.com.").Alpn("h2", "http/1.1").Versions(0x8a8a, 0x0304, 0x0303).SignatureAlgorithms(0x0403, 0x0804);

    [TestMethod]
    public void Server_name_alpn_and_versions_are_read()
    {
        var facts = Read(Typical().Records());
        Assert.AreEqual("api.anthropic.com", facts.ServerName);
        CollectionAssert.AreEqual(new[] { "h2", "http/1.1" }, facts.Alpn.Select(p => Encoding.ASCII.GetString(p.Span)).ToArray());
        Assert.IsTrue(facts.OffersTls13);
        Assert.IsFalse(facts.HasEch);
    }

    [TestMethod]
    public void Absent_extensions_read_as_absent()
    {
        var facts = Read(new ClientHelloBuilder().Records());
        Assert.IsNull(facts.ServerName);
        Assert.IsEmpty(facts.Alpn);
        Assert.IsFalse(facts.OffersTls13);
    }

    [TestMethod]
    public void Encrypted_client_hello_is_recognised() =>
        Assert.IsTrue(Read(Typical().Extension(0xfe0d, 0, 0, 1).Records()).HasEch);

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(5)]
    [DataRow(100)]
    [DataRow(16 * 1024)]
    public void Split_at_every_byte_and_over_records_gives_the_same_facts(int fragment)
    {
        var bytes = Typical().Records(fragment);
        var whole = Read(bytes);
        for (var length = 0; length < bytes.Length; length++)
        {
            var status = ClientHelloReader.Read(bytes.AsSpan(0, length), out var none, out var required);
            Assert.AreEqual(ClientHelloStatus.Incomplete, status, $"of {length} bytes");
            Assert.IsNull(none);
            Assert.IsTrue(required > length && required <= bytes.Length, $"{required} required after {length} of {bytes.Length}");
        }

        Assert.AreEqual(whole.ServerName, Read([.. bytes, 1, 2, 3]).ServerName);
        Assert.AreEqual(Read(Typical().Records()).Ja4, whole.Ja4);
    }

    [TestMethod]
    public void A_message_that_shares_its_record_with_the_next_one_is_complete()
    {
        byte[] fragment = [.. Typical().Message(), 14, 0, 0, 0];
        Assert.AreEqual("api.anthropic.com", Read(ClientHelloBuilder.Record(fragment)).ServerName);
    }

    [TestMethod]
    public void A_large_hello_is_read_up_to_the_limit()
    {
        Assert.AreEqual("a.test", Read(new ClientHelloBuilder().ServerName("a.test").Extension(21, new byte[60_000]).Records()).ServerName);
        byte[] tooLong = [.. ClientHelloBuilder.Record([1, 1, 0, 0])];
        Assert.AreEqual(ClientHelloStatus.NotClientHello, ClientHelloReader.Read(tooLong, out _, out _));
    }

    [TestMethod]
    [DataRow("474554202f20485454502f312e310d0a")] // GET / HTTP/1.1
    [DataRow("5353482d322e30")] // SSH-2.0
    [DataRow("1604")] // no such version
    [DataRow("1603010000")] // empty record
    [DataRow("1603014001")] // over-long record
    [DataRow("160301000402000000")] // a ServerHello
    [DataRow("1603010004010000000000")] // an empty body
    public void What_is_no_hello_is_told_at_once(string hex) =>
        Assert.AreEqual(ClientHelloStatus.NotClientHello, ClientHelloReader.Read(Convert.FromHexString(hex), out _, out _));

    [TestMethod]
    public void Every_truncated_extension_block_is_malformed()
    {
        var message = Typical().Message();
        for (var cut = 1; cut < 60; cut++)
        {
            var shorter = message[..^cut];
            shorter[2] = (byte)((shorter.Length - 4) >> 8);
            shorter[3] = (byte)(shorter.Length - 4);
            Assert.AreEqual(ClientHelloStatus.NotClientHello, ClientHelloReader.Read(ClientHelloBuilder.Record(shorter), out _, out _), $"cut {cut}");
        }
    }

    [TestMethod]
    [DataRow("api.openai.com", "api.openai.com")]
    [DataRow("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    [DataRow("a_b.example.", "a_b.example")]
    [DataRow("localhost", "localhost")]
    [DataRow("", null)]
    [DataRow(".", null)]
    [DataRow("a..b", null)]
    [DataRow(".a", null)]
    [DataRow("a b", null)]
    [DataRow("b\u00fccher.example", null)]
    [DataRow("10.0.0.1", null)]
    [DataRow("[::1]", null)]
    [DataRow("evil.com\0.openai.com", null)]
    public void Only_host_names_count_as_server_names(string sent, string? expected) =>
        Assert.AreEqual(expected, Read(new ClientHelloBuilder().ServerName(sent).Records()).ServerName);

    [TestMethod]
    public void Over_long_names_and_labels_are_no_host_names()
    {
        Assert.IsNull(HostName.Parse(Encoding.ASCII.GetBytes(new string('a', 64) + ".test")));
        Assert.IsNotNull(HostName.Parse(Encoding.ASCII.GetBytes(new string('a', 63) + ".test")));
        Assert.IsNull(HostName.Parse(Encoding.ASCII.GetBytes(string.Join('.', Enumerable.Repeat("abcd", 60)))));
    }

    [TestMethod]
    public void The_fuzz_target_starts_from_a_whole_hello()
    {
        var facts = Read(new AktoDivert.Fuzz.Targets.ClientHelloTarget().Seeds[0]);
        Assert.AreEqual("a.test", facts.ServerName);
        Assert.HasCount(2, facts.Alpn);
    }

    private static ClientHelloFacts Read(byte[] bytes)
    {
        Assert.AreEqual(ClientHelloStatus.Complete, ClientHelloReader.Read(bytes, out var facts, out _));
        return facts!;
    }
}
