using System.Text;
using AktoDivert.Capture;
using AktoDivert.Capture.Fleet;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class BatchContentTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(new[] { 2 })]
    [DataRow(new[] { 5000, 5000, 2 })]
    [DataRow(new[] { 65_519, 65_520, 65_521, 65_522, 65_523, 65_524 })]
    [DataRow(new[] { 65_534, 65_535, 65_536, 65_537 })]
    [DataRow(new[] { 2, 300_000, 2, 40_000, 40_000, 300_000 })]
    public async Task Records_of_any_size_are_joined_to_the_length_that_was_said(int[] sizes)
    {
        string[] records = [.. sizes.Select((size, i) => "\"" + new string((char)('a' + i), size - 2) + "\"")];
        using var content = new BatchContent([.. records.Select(record => new SerializedRecord(Encoding.ASCII.GetBytes(record)))]);
        var length = content.Headers.ContentLength;
        using var written = new MemoryStream();
        await content.CopyToAsync(written, TestContext.CancellationToken);
        Assert.AreEqual(length, written.Length);
        Assert.AreEqual($$"""{"batchData":[{{string.Join(',', records)}}]}""", Encoding.ASCII.GetString(written.ToArray()));
    }
}
