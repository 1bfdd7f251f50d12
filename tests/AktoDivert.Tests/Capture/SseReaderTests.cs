using System.Text;
using AktoDivert.Capture.Sse;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class SseReaderTests
{
    private static readonly byte[] Stream =
        [0xef, 0xbb, 0xbf, .. "data: first\n\n: comment\r\nevent: named\r\ndata: a\r\ndata:b\r\ndata\r\n\r\nid: 7\rdata:  two blanks\r\rretry: 1\n\ndata: é\n\n"u8];

    [TestMethod]
    public void Events_are_read_as_the_standard_says() =>
        Assert.AreEqual("message=first|named=a\nb\n|message= two blanks|message=é", Events(Stream));

    [TestMethod]
    public void Split_at_every_byte_is_reassembled()
    {
        for (var cut = 0; cut <= Stream.Length; cut++)
        {
            Assert.AreEqual(Events(Stream), Events(Stream[..cut], Stream[cut..]), $"cut at {cut}");
        }
    }

    [TestMethod]
    public void Single_bytes_are_reassembled() => Assert.AreEqual(Events(Stream), Events([.. Stream.Select(b => new[] { b })]));

    [TestMethod]
    public void An_event_over_the_limit_is_skipped_and_the_next_one_read()
    {
        var reader = new SseReader(maxEventBytes: 32);
        reader.Feed(Encoding.UTF8.GetBytes($"data: {new string('x', 20)}"));
        reader.Feed(Encoding.UTF8.GetBytes($"{new string('x', 20)}\ndata: y\n\ndata: z\n\n"));
        Assert.IsTrue(reader.TryRead(out var next));
        Assert.AreEqual("z", Encoding.UTF8.GetString(next.Data.Span));
        Assert.IsFalse(reader.TryRead(out _));
        Assert.AreEqual(1, reader.Skipped);
    }

    [TestMethod]
    public void The_end_gives_out_an_event_without_its_empty_line()
    {
        var reader = new SseReader();
        reader.Feed("data: last"u8);
        Assert.IsTrue(reader.IsWithinEvent);
        Assert.IsFalse(reader.TryRead(out _));
        reader.Finish();
        Assert.IsTrue(reader.TryRead(out var next));
        Assert.AreEqual("last", Encoding.UTF8.GetString(next.Data.Span));
    }

    private static string Events(params byte[][] chunks)
    {
        var reader = new SseReader();
        var events = new List<string>();
        foreach (var chunk in chunks)
        {
            reader.Feed(chunk);
            while (reader.TryRead(out var next))
            {
                events.Add($"{next.Name}={Encoding.UTF8.GetString(next.Data.Span)}");
            }
        }

        return string.Join('|', events);
    }
}
