using AktoDivert.Core.Processes;

namespace AktoDivert.Tests.Core.Processes;

[TestClass]
public sealed class ExecutableNameTests
{
    [TestMethod]
    [DataRow("claude", "claude", true, true)]
    [DataRow("claude", "claude.exe", false, true)]
    [DataRow("Claude.EXE", "claude", false, true)]
    [DataRow("Cursor.exe", "cursor.exe", false, true)]
    [DataRow("claude.exe.exe", "claude.exe", false, false)]
    [DataRow("claude", "claude-code", false, false)]
    [DataRow("exe", "", false, false)]
    [DataRow("copilot.com", "copilot.exe", false, false)]
    public void Windows_knows_a_program_in_any_case_and_with_or_without_its_extension(string name, string other, bool onLinux, bool onWindows)
    {
        Assert.AreEqual(onLinux, ExecutableName.Same(name, other, windows: false));
        Assert.AreEqual(onWindows, ExecutableName.Same(name, other, windows: true));
        Assert.AreEqual(onWindows, ExecutableName.Same(other, name, windows: true));
    }

    [TestMethod]
    public void Names_of_one_program_share_a_hash_code()
    {
        Assert.AreEqual(ExecutableName.HashCodeOf("Claude.exe", windows: true), ExecutableName.HashCodeOf("claude", windows: true));
        Assert.AreNotEqual(ExecutableName.HashCodeOf("claude.exe", windows: false), ExecutableName.HashCodeOf("claude", windows: false));
    }
}
