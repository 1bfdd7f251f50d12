using System.Text;
using AktoDivert.Redirect.Linux;

namespace AktoDivert.Tests.Redirect;

[TestClass]
public sealed class ProcessFilesTests
{
    private const string Tail = "S 42 1 1 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 98765 1000 10";

    [TestMethod]
    [DataRow("7 (node) ")]
    [DataRow("7 (a) b (c) ")]
    [DataRow("7 (tmux: server) ")]
    public void Parent_and_start_are_found_behind_any_name(string head)
    {
        Assert.IsTrue(ProcessFiles.TryParseStat(head + Tail, out var parent, out var start));
        Assert.AreEqual(42, parent);
        Assert.AreEqual(98765UL, start);
    }

    [TestMethod]
    public void A_stat_text_cut_anywhere_before_the_start_time_is_refused()
    {
        var whole = "7 (node) " + Tail;
        for (var length = 0; length < whole.IndexOf("98765", StringComparison.Ordinal); length++)
        {
            Assert.IsFalse(ProcessFiles.TryParseStat(whole[..length], out _, out _), $"cut at {length}");
        }
    }

    [TestMethod]
    public void Arguments_are_split_at_zeros_and_bounded()
    {
        CollectionAssert.AreEqual(new[] { "node", "", "cli.js" }, ProcessFiles.SplitArguments("node\0\0cli.js\0"u8));
        CollectionAssert.AreEqual(Array.Empty<string>(), ProcessFiles.SplitArguments([]));
        CollectionAssert.AreEqual(Array.Empty<string>(), ProcessFiles.SplitArguments("\0\0"u8));
        Assert.HasCount(64, ProcessFiles.SplitArguments(Encoding.UTF8.GetBytes(string.Join('\0', Enumerable.Range(0, 1000)))));
    }

    [TestMethod]
    public void The_own_process_is_read_and_one_that_does_not_exist_is_not()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("needs Linux");
        }

        var own = ProcessFiles.Read(Environment.ProcessId);
        Assert.AreEqual(Environment.ProcessPath, own?.Identity.Path);
        Assert.IsNotEmpty(own!.Identity.Arguments);
        Assert.IsNull(ProcessFiles.Read(int.MaxValue));
        CollectionAssert.Contains(ProcessFiles.RunningPids().ToArray(), Environment.ProcessId);
    }
}
