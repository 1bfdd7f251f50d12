using AktoDivert.Fuzz.Targets;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Tests.Proxy.Transport;

[TestClass]
public sealed class HandshakeRecordsTests
{
    // ServerHello, change_cipher_spec, two protected records, an empty one, one that is cut.
    private static readonly byte[] Stream =
    [
        22, 3, 3, 0, 4, 2, 0, 0, 0,
        20, 3, 3, 0, 1, 1,
        23, 3, 3, 0, 3, 7, 7, 7,
        23, 3, 3, 1, 0, .. new byte[256],
        23, 3, 3, 0, 0,
        22, 3, 3, 0, 9, 1,
    ];

    private static readonly int[] ProtectedEnds = [23, 284, 289];

    [TestMethod]
    public void Each_read_ends_with_a_protected_record()
    {
        var records = default(HandshakeRecords);
        Assert.AreEqual(23, records.Admit(Stream));
        Assert.AreEqual(261, records.Admit(Stream.AsSpan(23)));
        Assert.AreEqual(5, records.Admit(Stream.AsSpan(284)));
        Assert.AreEqual(6, records.Admit(Stream.AsSpan(289)));
        Assert.AreEqual(0, records.Admit([]));
    }

    [TestMethod]
    public void It_does_not_matter_how_the_stream_is_cut()
    {
        for (var cut = 0; cut <= Stream.Length; cut++)
        {
            var records = default(HandshakeRecords);
            var ends = new List<int>();
            foreach (var (from, to) in new[] { (0, cut), (cut, Stream.Length) })
            {
                for (var at = from; at < to;)
                {
                    at += records.Admit(Stream.AsSpan(at, to - at));
                    ends.Add(at);
                }
            }

            CollectionAssert.IsSubsetOf(ProtectedEnds, ends, $"cut at {cut}");
            CollectionAssert.IsSubsetOf(ends, (int[])[.. ProtectedEnds, cut, Stream.Length], $"cut at {cut}");
        }
    }

    [TestMethod]
    public void Any_bytes_are_given_on()
    {
        var target = new HandshakeRecordsTarget();
        var random = new Random(5);
        var bytes = new byte[300];
        for (var i = 0; i < 10_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = (byte)random.Next(20, 25);
            bytes[3] = 0;
            target.Execute(bytes.AsSpan(0, random.Next(bytes.Length)));
        }
    }
}
