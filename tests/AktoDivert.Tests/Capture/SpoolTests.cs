using System.Text;
using AktoDivert.Capture;
using AktoDivert.Capture.Upload;
using AktoDivert.Core.Diagnostics;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class SpoolTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("spool-test-").FullName;
    private readonly AgentCounters _counters = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public void Records_survive_a_restart_in_their_order()
    {
        using (var spool = Open())
        {
            Append(spool, "a", "b");
        }

        using (var spool = Open())
        {
            Append(spool, "c");
            Assert.AreEqual(3, spool.Count);
            Assert.AreEqual("abc", Drain(spool));
            Assert.AreEqual(0, spool.Count);
        }

        Assert.IsEmpty(Directory.GetFiles(_directory, "*.seg"));
    }

    [TestMethod]
    public void What_is_acknowledged_does_not_come_back()
    {
        using (var spool = Open())
        {
            Append(spool, "a", "b", "c");
            var (records, end) = spool.Read(2, 1000);
            spool.Acknowledge(end, records.Count);
        }

        using (var spool = Open())
        {
            Assert.AreEqual(1, spool.Count);
            Assert.AreEqual("c", Drain(spool));
            Append(spool, "d");
        }

        using (var spool = Open())
        {
            Assert.AreEqual("d", Drain(spool));
        }
    }

    [TestMethod]
    public void A_torn_end_costs_only_itself_wherever_it_is_torn()
    {
        using (var spool = Open())
        {
            Append(spool, "first", "second");
        }

        var segment = Directory.GetFiles(_directory, "*.seg").Single();
        var whole = File.ReadAllBytes(segment);
        var frame = whole.Length - SpoolFrame.HeaderBytes - "second".Length;
        for (var length = frame; length < whole.Length; length++)
        {
            File.WriteAllBytes(segment, whole[..length]);
            using var spool = Open();
            var (records, _) = spool.Read(10, 1000);
            Assert.AreEqual("first", Encoding.UTF8.GetString(records.Single().Json.Span), $"torn at {length}");
        }

        Assert.AreEqual(whole.Length - frame - 1, _counters["upload.spool.damaged"]);
    }

    [TestMethod]
    public void A_changed_byte_or_another_key_is_noticed()
    {
        using (var spool = Open())
        {
            Append(spool, "first", "second");
        }

        var segment = Directory.GetFiles(_directory, "*.seg").Single();
        var bytes = File.ReadAllBytes(segment);
        bytes[^1] ^= 1;
        File.WriteAllBytes(segment, bytes);
        using (var spool = Open())
        {
            Assert.AreEqual("first", Drain(spool));
            Assert.AreEqual(1, _counters["upload.spool.damaged"]);
            Append(spool, "third");
        }

        File.WriteAllBytes(Path.Combine(_directory, "spool.key"), new byte[32]);
        using (var spool = Open())
        {
            Assert.AreEqual("", Drain(spool));
            Assert.AreEqual(0, spool.Count);
        }
    }

    [TestMethod]
    public void Nothing_readable_lies_on_the_disk_and_only_the_owner_may_look()
    {
        using var spool = Open();
        Append(spool, "a very recognisable prompt");
        foreach (var file in Directory.GetFiles(_directory))
        {
            Assert.IsFalse(Encoding.Latin1.GetString(ReadShared(file)).Contains("recognisable", StringComparison.Ordinal), file);
            if (!OperatingSystem.IsWindows())
            {
                Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file), file);
            }
        }
    }

    [TestMethod]
    public void The_bound_drops_the_oldest_and_counts_them()
    {
        using var spool = Open(maxBytes: 3 << 20);
        for (var i = 0; i < 10; i++)
        {
            Append(spool, $"{i}{new string('x', 600_000)}");
        }

        var kept = Drain(spool);
        Assert.AreEqual(10, spool.Count + kept.Count(char.IsAsciiDigit) + _counters["upload.dropped.spool-full"]);
        StringAssert.EndsWith(new string([.. kept.Where(char.IsAsciiDigit)]), "789");
        Assert.IsGreaterThan(0, _counters["upload.dropped.spool-full"]);
    }

    private Spool Open(long maxBytes = 64 << 20) => new(_directory, maxBytes, _counters);

    private static void Append(Spool spool, params string[] records) =>
        spool.Append([.. records.Select(r => new SerializedRecord(Encoding.UTF8.GetBytes(r)))]);

    private static string Drain(Spool spool)
    {
        var text = new StringBuilder();
        while (spool.Read(2, 10 << 20) is { Records.Count: > 0 } batch)
        {
            batch.Records.ForEach(r => text.Append(Encoding.UTF8.GetString(r.Json.Span)));
            spool.Acknowledge(batch.End, batch.Records.Count);
        }

        return text.ToString();
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
