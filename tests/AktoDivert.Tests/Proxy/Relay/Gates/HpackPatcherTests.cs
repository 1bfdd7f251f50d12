using System.Buffers;
using System.Text;
using AktoDivert.Fuzz.Targets;
using AktoDivert.Proxy.Relay.Http2.Hpack;

namespace AktoDivert.Tests.Proxy.Relay.Gates;

/// <summary>Blocks behind others that were withheld: the sink, whose table lacks them, reads the fields that the source wrote.</summary>
[TestClass]
public sealed class HpackPatcherTests
{
    [TestMethod]
    public void Indices_are_shifted_past_what_the_sink_never_got_and_come_back_when_it_is_evicted()
    {
        var patcher = new HpackPatcher();
        var sink = new HpackDecoder();
        Assert.AreEqual("a=1\n", Pass(patcher, sink, Http2Script.Block("a=1"), out var exact));
        Assert.IsTrue(exact);
        Withhold(patcher, Http2Script.Block("gone=2", "also=3"));
        Assert.AreEqual("c=4\na=1\n", Pass(patcher, sink, [.. Http2Script.Block("c=4"), 0xc1], out exact));
        Assert.IsFalse(exact, "a stands at 65 in the source's table and at 63 in the sink's");
        Assert.AreEqual("gone=2\nc=4\n", Pass(patcher, sink, [0xc0, 0xbe], out _));
        Assert.AreEqual("also=x\nalso=y\n", Pass(patcher, sink, [0x0f, 0x30, 1, (byte)'x', 0x1f, 0x30, 1, (byte)'y'], out _), "a name that the sink does not have");
        Assert.AreEqual(2, patcher.GoneCount);
        var large = Http2Script.Block("big=" + new string('v', 4000));
        Assert.AreEqual($"big={new string('v', 4000)}\n", Pass(patcher, sink, large, out exact));
        Assert.AreEqual("d=5\nd=5\n", Pass(patcher, sink, [.. Http2Script.Block("d=5"), 0xbe], out exact));
        Assert.IsTrue(exact);
        Assert.AreEqual(0, patcher.GoneCount);
    }

    [TestMethod]
    public void Size_updates_of_withheld_blocks_come_before_the_next()
    {
        var patcher = new HpackPatcher();
        var sink = new HpackDecoder();
        Pass(patcher, sink, Http2Script.Block("a=1"), out _);
        Withhold(patcher, [0x20, 0x3f, 0xe1, 0x1f, .. Http2Script.Block("b=2")]);
        Assert.AreEqual("c=3\nb=2\n", Pass(patcher, sink, [.. Http2Script.Block("c=3"), 0xbf], out var exact));
        Assert.IsFalse(exact);
        Assert.AreEqual(1, sink.Table.Count, "the update to 0 evicted a");
    }

    [TestMethod]
    public void Dropped_fields_leave_the_rest_as_it_was()
    {
        var patcher = new HpackPatcher();
        var sink = new HpackDecoder();
        Assert.AreEqual("a=1\nb=2\n", Pass(patcher, sink, Http2Script.Block("a=1", "content-length=9", "b=2"), out _, static name => name.SequenceEqual("content-length"u8)));
        Assert.AreEqual("b=2\na=1\n", Pass(patcher, sink, [0xbe, 0xc0], out _));
    }

    [TestMethod]
    public void Any_sequence_of_blocks_reads_the_same_for_the_sink()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var patcher = new HpackPatcher();
            var (source, sink) = (new HpackDecoder(), new HpackDecoder());
            for (var n = 0; n < 40; n++)
            {
                var block = RandomBlock(random, source);
                var expected = Decode(source, block);
                if (random.Next(3) == 0)
                {
                    Withhold(patcher, block);
                }
                else
                {
                    Assert.AreEqual(expected, Pass(patcher, sink, block, out _), $"seed {seed}, block {n}");
                }
            }
        }
    }

    private static byte[] RandomBlock(Random random, HpackDecoder source)
    {
        var block = new ArrayBufferWriter<byte>();
        for (var n = random.Next(10) == 0 ? random.Next(1, 3) : 0; n > 0; n--)
        {
            HpackWriter.SizeUpdate(block, random.Next(3) == 0 ? 0 : random.Next(100, 4096));
        }

        var indexable = block.WrittenCount == 0 ? source.Table.Count : 0;
        for (var n = random.Next(1, 6); n > 0; n--)
        {
            switch (random.Next(4))
            {
                case 0 when indexable > 0:
                    HpackWriter.Integer(block, 62 + random.Next(indexable), 7, 0x80);
                    break;
                case 1 when indexable > 0:
                    HpackWriter.Integer(block, 62 + random.Next(indexable), 4, (byte)(random.Next(2) * 0x10));
                    HpackWriter.String(block, Encoding.ASCII.GetBytes($"{random.Next(100)}"));
                    break;
                case 2:
                    HpackWriter.Integer(block, 2 + random.Next(6), 7, 0x80);
                    break;
                default:
                    block.Write(Http2Script.Block($"n{random.Next(20)}={new string('v', random.Next(random.Next(1, 900)))}"));
                    indexable = 0;
                    break;
            }
        }

        return block.WrittenSpan.ToArray();
    }

    private static string Pass(HpackPatcher patcher, HpackDecoder sink, byte[] block, out bool exact, Func<ReadOnlySpan<byte>, bool>? drop = null)
    {
        Assert.AreEqual(HpackStatus.Ok, patcher.Read(block));
        var patched = patcher.Forward(drop);
        exact = patched is null;
        return Decode(sink, patched is { } other ? other.ToArray() : block);
    }

    private static void Withhold(HpackPatcher patcher, byte[] block)
    {
        Assert.AreEqual(HpackStatus.Ok, patcher.Read(block));
        patcher.Withhold();
    }

    private static string Decode(HpackDecoder decoder, byte[] block)
    {
        var visitor = new Collector(new StringBuilder());
        Assert.AreEqual(HpackStatus.Ok, decoder.Decode(block, ref visitor));
        return visitor.Text.ToString();
    }

    private readonly record struct Collector(StringBuilder Text) : IHpackVisitor
    {
        public void Field(in HpackField field) =>
            Text.Append(Encoding.Latin1.GetString(field.Name)).Append('=').Append(Encoding.Latin1.GetString(field.Value)).Append('\n');

        public void SizeUpdate(int size)
        {
        }
    }
}
