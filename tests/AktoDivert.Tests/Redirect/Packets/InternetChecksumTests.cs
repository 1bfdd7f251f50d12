using System.Buffers.Binary;
using AktoDivert.Redirect.Packets;
using FsCheck;

namespace AktoDivert.Tests.Redirect.Packets;

/// <summary>The checksum in full, and its update, which must never differ from computing it again.</summary>
[TestClass]
public sealed class InternetChecksumTests
{
    [TestMethod]
    public void The_example_of_RFC_1071_comes_out() =>
        Assert.AreEqual((ushort)0x220d, InternetChecksum.Finish(InternetChecksum.Sum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])));

    [TestMethod]
    public void The_example_of_RFC_1624_comes_out() =>
        Assert.AreEqual((ushort)0x0000, InternetChecksum.Update(0xdd2f, 0x5555, 0x3285));

    [TestMethod]
    public void Any_bytes_sum_up_as_word_by_word() => Prop.ForAll<byte[]>(bytes =>
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += (uint)bytes[i] << (i % 2 == 0 ? 8 : 0);
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return InternetChecksum.Finish(InternetChecksum.Sum(bytes)) == (ushort)~sum;
    }).QuickCheckThrowOnFailure();

    [TestMethod]
    public void An_update_is_what_computing_it_again_gives() => Prop.ForAll<byte[], int, ushort>((random, place, after) =>
    {
        // Not all zero, as no packet is: there alone the two forms of zero differ.
        byte[] bytes = [0x45, 0, .. random, .. new byte[random.Length % 2]];
        var at = (int)((uint)place % (uint)bytes.Length) & ~1;
        var checksum = InternetChecksum.Finish(InternetChecksum.Sum(bytes));
        var before = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), after);
        return at == 0 || InternetChecksum.Update(checksum, before, after) == InternetChecksum.Finish(InternetChecksum.Sum(bytes));
    }).QuickCheckThrowOnFailure();

    [TestMethod]
    public void Every_port_can_become_every_other_at_the_edges()
    {
        ushort[] edges = [0, 1, 443, 0x7fff, 0x8000, 0xfffe, 0xffff];
        for (var checksum = 0; checksum <= 0xffff; checksum += 5)
        {
            foreach (var before in edges)
            {
                foreach (var after in edges)
                {
                    // The sum with the field's old value is the complement of the checksum; with the new one it must be so again.
                    var rest = (uint)(ushort)~checksum + (ushort)~before;
                    var sum = rest + after;
                    sum = (sum & 0xffff) + (sum >> 16);
                    sum = (sum & 0xffff) + (sum >> 16);
                    Assert.AreEqual((ushort)~sum, InternetChecksum.Update((ushort)checksum, before, after));
                }
            }
        }
    }
}
