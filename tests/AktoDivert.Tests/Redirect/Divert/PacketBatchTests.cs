using AktoDivert.Redirect.Divert;

namespace AktoDivert.Tests.Redirect.Divert;

/// <summary>The batch never holds more than fits, whatever is said or added.</summary>
[TestClass]
public sealed class PacketBatchTests
{
    [TestMethod]
    [DataRow(-1L, -1L, 0, 0)]
    [DataRow(long.MaxValue, long.MaxValue, PacketBatch.MaxPacketLength, 3)]
    [DataRow(60L, 2L, 60, 2)]
    public void What_a_driver_claims_is_cut_to_what_can_be(long bytes, long addresses, int length, int count)
    {
        var batch = new PacketBatch(3, PacketBatch.MaxPacketLength);
        batch.Filled(bytes, addresses);
        Assert.AreEqual((length, count), (batch.Length, batch.Count));
    }

    [TestMethod]
    public void A_packet_that_does_not_fit_is_refused_and_changes_nothing()
    {
        var batch = new PacketBatch(2, PacketBatch.MaxPacketLength);
        var address = new DivertAddress { Timestamp = 7 };
        Assert.IsTrue(batch.TryAdd(new byte[PacketBatch.MaxPacketLength - 10], address));
        Assert.IsFalse(batch.TryAdd(new byte[11], address));
        Assert.IsTrue(batch.TryAdd(new byte[10], address));
        Assert.IsFalse(batch.TryAdd([], address));
        Assert.AreEqual((PacketBatch.MaxPacketLength, 2, 7L), (batch.Length, batch.Count, batch.Addresses[1].Timestamp));
        batch.Clear();
        Assert.AreEqual((0, 0), (batch.Length, batch.Count));
    }
}
