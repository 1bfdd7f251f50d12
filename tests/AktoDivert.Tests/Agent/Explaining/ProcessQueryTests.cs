using System.Globalization;
using AktoDivert.Agent.Explaining;
using AktoDivert.Core.Processes;

namespace AktoDivert.Tests.Agent.Explaining;

[TestClass]
public sealed class ProcessQueryTests
{
    [TestMethod]
    public void A_number_is_a_running_process_with_its_ancestors()
    {
        Assert.IsTrue(ProcessQuery.TryRead(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), out var chain, out _));
        Assert.AreEqual(Environment.ProcessId, chain![0].Pid);
        Assert.AreEqual(Path.GetFileName(Environment.ProcessPath), chain[0].Name, ignoreCase: OperatingSystem.IsWindows());
        Assert.IsTrue(chain.Zip(chain.Skip(1)).All(pair => pair.First.ParentPid == pair.Second.Pid), string.Join(' ', chain.Select(process => process.Pid)));
    }

    [TestMethod]
    public void A_number_of_no_process_is_an_error()
    {
        Assert.IsFalse(ProcessQuery.TryRead("2147483647", out _, out var error));
        Assert.AreEqual("there is no process 2147483647", error);
    }

    [TestMethod]
    public void A_file_is_a_path_though_it_has_spaces()
    {
        var folder = Directory.CreateTempSubdirectory("a folder ");
        try
        {
            var path = Path.Combine(folder.FullName, "claude.exe");
            File.WriteAllText(path, "");
            Assert.IsTrue(ProcessQuery.TryRead(path, out var chain, out _));
            Assert.AreEqual("claude.exe", chain!.Single().Name);
            Assert.AreEqual(path, chain![0].Path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    [DataRow("claude")]
    [DataRow("/opt/bin/claude --resume")]
    public void A_name_or_a_command_line_selects_as_the_program_would(string text)
    {
        var selection = new ProcessSelection(RedirectScope.AllowList, AppCatalogue.Shipped.Apps);
        Assert.IsTrue(ProcessQuery.TryRead(text, out var chain, out _));
        StringAssert.StartsWith(selection.Match(chain!.Single())!.AppId, "claude");
    }
}
