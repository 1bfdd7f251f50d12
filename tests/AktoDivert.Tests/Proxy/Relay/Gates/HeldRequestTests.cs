using System.Text;
using AktoDivert.Proxy.Relay.Http1.Gate;

namespace AktoDivert.Tests.Proxy.Relay.Gates;

[TestClass]
public sealed class HeldRequestTests
{
    [TestMethod]
    public void A_body_that_came_in_several_reads_is_one_piece()
    {
        var held = new HeldRequest();
        held.Add("POST / HTTP/1.1\r\n\r\n"u8, 0);
        held.HeadEnded(isChunked: false);
        held.Add("abc"u8, 3);
        held.Add("def"u8, 3);
        Assert.AreEqual("abcdef", Encoding.ASCII.GetString(held.Body().Span));
        Assert.AreEqual("POST / HTTP/1.1\r\n\r\nuvwxyz", Encoding.ASCII.GetString(held.With("uvwxyz"u8, coded: true)));
    }

    [TestMethod]
    public void Chunks_are_joined()
    {
        var held = new HeldRequest();
        held.Add("POST / HTTP/1.1\r\n\r\n"u8, 0);
        held.HeadEnded(isChunked: true);
        held.Add("3\r\nabc"u8, 3);
        held.Add("\r\n3\r\ndef"u8, 3);
        Assert.AreEqual("abcdef", Encoding.ASCII.GetString(held.Body().Span));
    }

    [TestMethod]
    public void Who_reads_on_after_the_time_is_up_reads_what_it_was_given()
    {
        var held = new HeldRequest();
        held.Add("head"u8, 0);
        held.Add("first body"u8, 10);
        var read = held.Body();
        held.LeaveBytes();
        Assert.AreEqual("headfirst body", Encoding.ASCII.GetString(held.Raw));
        held.Clear();
        held.Add("another request of another length"u8, 0);
        Assert.AreEqual("first body", Encoding.ASCII.GetString(read.Span));
    }
}
