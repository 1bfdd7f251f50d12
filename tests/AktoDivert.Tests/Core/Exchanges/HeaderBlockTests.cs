using System.Text;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Tests.Core.Exchanges;

[TestClass]
public sealed class HeaderBlockTests
{
    [TestMethod]
    public void Fields_keep_their_order_and_case_and_are_found_in_any_case()
    {
        using var block = new HeaderBlock();
        block.Add("Content-Type"u8, "text/plain"u8);
        block.Add("X-Two"u8, ""u8);
        Assert.AreEqual(2, block.Count);
        Assert.IsTrue(block.Name(0).SequenceEqual("Content-Type"u8));
        Assert.IsTrue(block.Find("content-type"u8, out var found).SequenceEqual("text/plain"u8));
        Assert.IsTrue(found);
        Assert.IsTrue(block.Find("x-two"u8, out found).IsEmpty);
        Assert.IsTrue(found);
        block.Find("x-three"u8, out found);
        Assert.IsFalse(found);
    }

    [TestMethod]
    public void Limits_cut_fields_off_and_say_so()
    {
        using var block = new HeaderBlock();
        for (var i = 0; i < HeaderBlock.MaxFields + 1; i++)
        {
            block.Add("n"u8, "v"u8);
        }

        Assert.AreEqual(HeaderBlock.MaxFields, block.Count);
        Assert.IsTrue(block.IsTruncated);
        block.Clear();
        block.Add("n"u8, new byte[HeaderBlock.MaxBytes]);
        Assert.AreEqual(0, block.Count);
        Assert.IsTrue(block.IsTruncated);
    }

    [TestMethod]
    public void Fields_of_a_text_are_found_where_they_stand()
    {
        using var block = new HeaderBlock();
        block.Add("first"u8, "1"u8);
        block.AddText("Second: 2\r\nThird:\r\n"u8, [new HeaderPlace(0, 6, 8, 1), new HeaderPlace(11, 5, 17, 0)]);
        block.Add("fourth"u8, "4"u8);
        using var copy = new HeaderBlock();
        var packed = new byte[block.PackedLength];
        block.Pack(packed);
        copy.Unpack(packed, block.Count, block.IsTruncated);
        block.Clear();
        CollectionAssert.AreEqual(new[] { "first: 1", "Second: 2", "Third: ", "fourth: 4" }, Fields(copy));
    }

    [TestMethod]
    public void Of_a_text_beyond_a_limit_the_fields_that_fit_are_kept()
    {
        using var block = new HeaderBlock();
        var text = new byte[HeaderBlock.MaxBytes + 1];
        text.AsSpan().Fill((byte)'x');
        block.AddText(text, [new HeaderPlace(0, 1, 1, 2), new HeaderPlace(3, 1, 4, HeaderBlock.MaxBytes - 3)]);
        CollectionAssert.AreEqual(new[] { "x: xx" }, Fields(block));
        Assert.IsTrue(block.IsTruncated);
        block.Clear();
        block.AddText("ab"u8, [.. Enumerable.Repeat(new HeaderPlace(0, 1, 1, 1), HeaderBlock.MaxFields + 1)]);
        Assert.AreEqual(HeaderBlock.MaxFields, block.Count);
        Assert.IsTrue(block.IsTruncated);
    }

    [TestMethod]
    public void A_cut_body_counts_every_byte()
    {
        using var body = new CapturedBody { Limit = 10 };
        body.Append("0123456"u8);
        body.Append("789abc"u8);
        Assert.AreEqual(13, body.TotalBytes);
        Assert.IsTrue(body.IsTruncated);
        Assert.IsTrue(body.Kept.Span.SequenceEqual("0123456789"u8));
    }

    private static string[] Fields(HeaderBlock block) =>
        [.. Enumerable.Range(0, block.Count).Select(i => $"{Encoding.ASCII.GetString(block.Name(i))}: {Encoding.ASCII.GetString(block.Value(i))}")];
}
