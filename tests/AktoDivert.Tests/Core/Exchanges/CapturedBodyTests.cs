using AktoDivert.Core.Exchanges;

namespace AktoDivert.Tests.Core.Exchanges;

[TestClass]
public sealed class CapturedBodyTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(3000)]
    [DataRow(100_000)]
    public void A_cleared_body_begins_anew(int length)
    {
        using var body = new CapturedBody { Limit = 50_000 };
        for (var round = 0; round < 3; round++)
        {
            var bytes = new byte[length];
            Array.Fill(bytes, (byte)round);
            body.Append(bytes);
            Assert.AreEqual((length, length > 50_000), (body.TotalBytes, body.IsTruncated));
            Assert.IsTrue(body.Kept.Span.SequenceEqual(bytes.AsSpan(0, Math.Min(length, 50_000))));
            body.Clear();
            Assert.AreEqual((0, 0), (body.TotalBytes, body.Kept.Length));
        }
    }

    [TestMethod]
    public void A_small_buffer_survives_clearing_and_costs_nothing_again()
    {
        using var body = new CapturedBody();
        Fill(body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Fill(body);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Fill(CapturedBody body)
    {
        body.Append("0123456789"u8);
        body.Clear();
    }
}
