using System.Text;
using AktoDivert.Core.Content;

namespace AktoDivert.Tests.Core.Content;

[TestClass]
public sealed class ByteBufferTests
{
    [TestMethod]
    public void Skipping_drops_from_the_front_and_no_more_than_there_is()
    {
        using var buffer = new ByteBuffer(100);
        buffer.Append("abcdef"u8);
        buffer.Skip(2);
        buffer.Append("gh"u8);
        Assert.AreEqual("cdefgh", Encoding.ASCII.GetString(buffer.Span));
        buffer.Skip(6);
        Assert.AreEqual(0, buffer.Length);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => buffer.Skip(1));
    }

    [TestMethod]
    public void A_buffer_given_back_leaves_none_of_its_bytes_behind_and_takes_new_ones()
    {
        using var buffer = new ByteBuffer(100);
        buffer.Append("secret"u8);
        var bytes = buffer.Memory;
        buffer.Dispose();
        Assert.AreEqual(0, buffer.Length);
        Assert.IsFalse(bytes.Span.SequenceEqual("secret"u8));
        buffer.Append("x"u8);
        Assert.AreEqual("x", Encoding.ASCII.GetString(buffer.Span));
    }
}
