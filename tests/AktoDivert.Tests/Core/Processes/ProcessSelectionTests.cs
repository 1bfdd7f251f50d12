using AktoDivert.Core.Processes;

namespace AktoDivert.Tests.Core.Processes;

[TestClass]
public sealed class ProcessSelectionTests
{
    private static readonly ProcessSelection Linux = new(RedirectScope.AllowList, [.. AppCatalogue.ReadShipped("linux").Apps.Where(app => app.OnByDefault)]);

    [TestMethod]
    [DataRow("claude", "/usr/bin/claude", "claude", "claude-code")]
    [DataRow("2.1.197", "/home/a/.local/share/claude/versions/2.1.197", "claude", "claude-code")]
    [DataRow("2.1.197", "/opt/renamed/2.1.197", "/home/a/.local/bin/claude", "claude-code")]
    [DataRow("node", "/usr/bin/node", "node --max-old-space-size=4096 /usr/lib/node_modules/@anthropic-ai/claude-code/cli.js -p x", "claude-code")]
    [DataRow("claude.exe", "/usr/lib/node_modules/@anthropic-ai/claude-code/bin/claude.exe", "claude", "claude-code")]
    [DataRow("codex", "/usr/lib/node_modules/@openai/codex/vendor/x/bin/codex", "codex exec", "codex-cli")]
    [DataRow("node", "/usr/bin/node", "node /usr/lib/node_modules/@openai/codex/bin/codex.js", "codex-cli")]
    [DataRow("node", "/usr/bin/node", "node server.js", null)]
    [DataRow("vim", "/usr/bin/vim", "vim @openai/codex", null)]
    [DataRow("chrome", "/opt/google/chrome/chrome", "chrome", null)]
    [DataRow("curl", "/usr/bin/curl", "curl https://api.openai.com", null)]
    public void Apps_are_recognised_by_name_path_and_script(string name, string path, string commandLine, string? app)
    {
        var process = new ProcessIdentity { Pid = 7, Name = name, Path = path, Arguments = commandLine.Split(' ') };
        Assert.AreEqual(app, Linux.Match(process)?.AppId);
    }

    [TestMethod]
    public void The_match_names_its_selector()
    {
        var process = new ProcessIdentity { Pid = 7, Name = "2.1.197", Path = "/home/a/.local/share/claude/versions/2.1.197" };
        Assert.AreEqual("path */.local/share/claude/versions/*", Linux.Match(process)!.Selector);
    }

    [TestMethod]
    public void Windows_paths_match_with_either_slash()
    {
        var selector = new ProcessSelector(ProcessSelectorKind.Path, "*/Claude/versions/*");
        Assert.IsTrue(selector.Matches(new ProcessIdentity { Pid = 1, Name = "claude.exe", Path = @"C:\Users\a\AppData\Local\Claude\versions\2.1.0\claude.exe" }));
    }

    [TestMethod]
    [DataRow("node", true)]
    [DataRow("python3.11", true)]
    [DataRow("python.exe", true)]
    [DataRow("nodename", false)]
    [DataRow("claude", false)]
    public void Interpreters_are_known_by_name(string name, bool expected) => Assert.AreEqual(expected, ProcessSelector.IsInterpreter(name));
}
