using System.Text;
using AktoDivert.Proxy.Relay.Http2.Hpack;

namespace AktoDivert.Tests.Proxy.Relay.Http2;

/// <summary>Examples of RFC 7541 appendix C, and what the appendix leaves out.</summary>
[TestClass]
public sealed class HpackDecoderTests
{
    private readonly HpackDecoder _decoder = new();

    [TestMethod]
    [DataRow("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key=custom-header;", 55, DisplayName = "C.2.1")]
    [DataRow("040c2f73616d706c652f70617468", ":path=/sample/path;", 0, DisplayName = "C.2.2")]
    [DataRow("100870617373776f726406736563726574", "password=secret;", 0, DisplayName = "C.2.3")]
    [DataRow("82", ":method=GET;", 0, DisplayName = "C.2.4")]
    public void Single_fields_decode(string block, string fields, int size)
    {
        Assert.AreEqual(fields, Decode(block));
        Assert.AreEqual(size, _decoder.Table.Size);
    }

    [TestMethod]
    [DataRow("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", DisplayName = "C.3")]
    [DataRow("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", DisplayName = "C.4")]
    public void Requests_on_one_connection_decode(string first, string second, string third)
    {
        Assert.AreEqual(":method=GET;:scheme=http;:path=/;:authority=www.example.com;", Decode(first));
        Assert.AreEqual(57, _decoder.Table.Size);
        Assert.AreEqual(":method=GET;:scheme=http;:path=/;:authority=www.example.com;cache-control=no-cache;", Decode(second));
        Assert.AreEqual(110, _decoder.Table.Size);
        Assert.AreEqual(":method=GET;:scheme=https;:path=/index.html;:authority=www.example.com;custom-key=custom-value;", Decode(third));
        Assert.AreEqual(164, _decoder.Table.Size);
    }

    [TestMethod]
    [DataRow(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
        DisplayName = "C.5")]
    [DataRow(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
        DisplayName = "C.6")]
    public void Responses_evict_from_a_small_table(string first, string second, string third)
    {
        _decoder.Table.Resize(256);
        const string rest = "cache-control=private;date=Mon, 21 Oct 2013 20:13:21 GMT;location=https://www.example.com;";
        Assert.AreEqual(":status=302;" + rest, Decode(first));
        Assert.AreEqual(222, _decoder.Table.Size);
        Assert.AreEqual(":status=307;" + rest, Decode(second));
        Assert.AreEqual(222, _decoder.Table.Size);
        Assert.AreEqual(
            ":status=200;cache-control=private;date=Mon, 21 Oct 2013 20:13:22 GMT;location=https://www.example.com;content-encoding=gzip;"
            + "set-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1;",
            Decode(third));
        Assert.AreEqual(215, _decoder.Table.Size);
    }

    [TestMethod]
    [DataRow("80", "UnknownIndex", DisplayName = "index 0")]
    [DataRow("be", "UnknownIndex", DisplayName = "empty dynamic table")]
    [DataRow("7f0000", "UnknownIndex", DisplayName = "literal with unknown name")]
    [DataRow("ff", "Truncated", DisplayName = "integer without continuation")]
    [DataRow("ffffffffffff0f", "IntegerTooLarge", DisplayName = "large integer")]
    [DataRow("ff8080808080808000", "IntegerTooLarge", DisplayName = "long integer of zeros")]
    [DataRow("4001", "Truncated", DisplayName = "name cut")]
    [DataRow("40016105", "Truncated", DisplayName = "value cut")]
    [DataRow("4001617fffffff7f", "IntegerTooLarge", DisplayName = "value of 256 MiB")]
    [DataRow("40016181", "Truncated", DisplayName = "Huffman value cut")]
    [DataRow("40016184ffffffff", "BadHuffman", DisplayName = "EOS in a string")]
    [DataRow("40016182f8ff", "BadHuffman", DisplayName = "eight bits of padding")]
    [DataRow("400161811e", "BadHuffman", DisplayName = "padding that is not ones")]
    [DataRow("3fe21f", "SizeUpdateTooLarge", DisplayName = "table of 4097")]
    [DataRow("8220", "SizeUpdateMisplaced", DisplayName = "size update after a field")]
    public void Malformed_blocks_have_a_status(string block, string status)
    {
        var visitor = new TextVisitor(new StringBuilder());
        Assert.AreEqual(status, _decoder.Decode(Convert.FromHexString(block), ref visitor).ToString());
    }

    [TestMethod]
    public void Every_prefix_of_a_block_is_decoded_or_refused()
    {
        var block = Convert.FromHexString("488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3");
        for (var length = 0; length < block.Length; length++)
        {
            var visitor = new TextVisitor(new StringBuilder());
            var status = new HpackDecoder().Decode(block.AsSpan(0, length), ref visitor);
            Assert.IsTrue(status is HpackStatus.Ok or HpackStatus.Truncated or HpackStatus.BadHuffman, $"{length}: {status}");
        }
    }

    [TestMethod]
    public void Size_updates_evict_and_restore_room()
    {
        Decode("4001610162" + "4001630164");
        Assert.AreEqual("a=b;", Decode("bf"));
        Assert.AreEqual("size 34;c=d;", Decode("3f03be"));
        Assert.AreEqual("size 0;size 4096;:method=GET;", Decode("203fe11f82"));
        Assert.AreEqual(0, _decoder.Table.Count);
    }

    [TestMethod]
    public void Lowering_the_limit_keeps_the_entries_until_the_sender_updates()
    {
        Decode("4001610162");
        _decoder.SizeLimit = 0;
        Assert.AreEqual("a=b;", Decode("be"));
        Assert.AreEqual("size 0;", Decode("20"));
        Assert.AreEqual(0, _decoder.Table.Count);
    }

    [TestMethod]
    public void An_entry_may_reuse_the_name_that_its_insertion_evicts()
    {
        _decoder.Table.Resize(40);
        Decode("4003616263" + "03646566");
        Assert.AreEqual("abc=xyz1;", Decode("7e" + "0478797a31"));
        Assert.AreEqual("abc=xyz1;", Decode("be"));
    }

    [TestMethod]
    public void A_table_keeps_the_newest_entries_through_a_thousand_insertions()
    {
        for (var i = 0; i < 1000; i++)
        {
            Decode("4003" + Convert.ToHexString(Encoding.ASCII.GetBytes($"{i:d3}")) + "03616263");
            Assert.AreEqual(Math.Min(i + 1, 4096 / 38), _decoder.Table.Count);
            Assert.AreEqual($"{i:d3}=abc;", Decode("be"));
            var oldest = Math.Max(0, i - (4096 / 38) + 1);
            Assert.AreEqual($"{oldest:d3}", Encoding.ASCII.GetString(_decoder.Table.Name(_decoder.Table.Count - 1)));
        }
    }

    [TestMethod]
    public void Offsets_tell_where_each_representation_stands()
    {
        var visitor = new TextVisitor(new StringBuilder(), offsets: true);
        _decoder.Decode(Convert.FromHexString("82" + "040c2f73616d706c652f70617468" + "4001610162"), ref visitor);
        Assert.AreEqual("Indexed 2 0-1-1;WithoutIndexing 4 1-2-15;Incremental 0 15-18-20;", visitor.ToString());
    }

    private string Decode(string hex)
    {
        var visitor = new TextVisitor(new StringBuilder());
        Assert.AreEqual(HpackStatus.Ok, _decoder.Decode(Convert.FromHexString(hex), ref visitor));
        return visitor.ToString();
    }

    private readonly struct TextVisitor(StringBuilder text, bool offsets = false) : IHpackVisitor
    {
        public void Field(in HpackField field) => text.Append(offsets
            ? $"{field.Kind} {field.Index} {field.Start}-{field.ValueStart}-{field.End};"
            : $"{Encoding.ASCII.GetString(field.Name)}={Encoding.ASCII.GetString(field.Value)};");

        public void SizeUpdate(int size) => text.Append($"size {size};");

        public override string ToString() => text.ToString();
    }
}
