using AktoDivert.Capture.Records;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class RecordIdsTests
{
    [TestMethod]
    public void Ids_are_different_and_tell_their_time()
    {
        var ids = new RecordIds();
        var time = new DateTimeOffset(2026, 11, 26, 15, 58, 1, 234, TimeSpan.Zero);
        var made = Enumerable.Range(0, 1000).Select(_ => ids.Next(time)).ToHashSet();
        Assert.HasCount(1000, made);
        foreach (var id in made)
        {
            Assert.AreEqual(7, id.Version);
            Assert.AreEqual(8, id.Variant & 0xc);
            var bytes = id.ToByteArray(bigEndian: true);
            Assert.AreEqual(time.ToUnixTimeMilliseconds(), Convert.ToInt64(Convert.ToHexString(bytes, 0, 6), 16));
        }
    }

    [TestMethod]
    public void A_later_id_sorts_behind()
    {
        var ids = new RecordIds();
        var earlier = ids.Next(DateTimeOffset.UnixEpoch.AddMilliseconds(0xffff_ffff)).ToString("N");
        var later = ids.Next(DateTimeOffset.UnixEpoch.AddMilliseconds(0x1_0000_0000)).ToString("N");
        Assert.IsLessThan(0, string.CompareOrdinal(earlier, later));
    }
}
