using AktoDivert.Redirect.Windows;

namespace AktoDivert.Tests.Redirect.Windows;

[TestClass]
public sealed class WindowsCommandLineTests
{
    // The cases of Microsoft's documentation of CommandLineToArgvW, and the ends of lines.
    [TestMethod]
    [DataRow("", "")]
    [DataRow("   ", "")]
    [DataRow("node.exe app.js", "node.exe|app.js")]
    [DataRow("\"C:\\Program Files\\nodejs\\node.exe\"  \"C:\\a b\\cli.js\" --x", "C:\\Program Files\\nodejs\\node.exe|C:\\a b\\cli.js|--x")]
    [DataRow("\"C:\\dir\\\\\" a", "C:\\dir\\\\|a")]
    [DataRow("p \"abc\" d e", "p|abc|d|e")]
    [DataRow("p a\\\\b d\"e f\"g h", "p|a\\\\b|de fg|h")]
    [DataRow("p a\\\\\\\"b c d", "p|a\\\"b|c|d")]
    [DataRow("p a\\\\\\\\\"b c\" d e", "p|a\\\\b c|d|e")]
    [DataRow("p \"a\"\"b\" c", "p|a\"b|c")]
    [DataRow("p \"\" x", "p||x")]
    [DataRow("p \"never closed", "p|never closed")]
    [DataRow("\"never closed", "never closed")]
    [DataRow("p trailing\\", "p|trailing\\")]
    [DataRow("p \t x", "p|x")]
    public void Splits_as_Windows_does(string line, string expected) =>
        Assert.AreEqual(expected, string.Join('|', WindowsCommandLine.Split(line)));

    [TestMethod]
    public void Is_bounded() => Assert.HasCount(1024, WindowsCommandLine.Split(string.Concat(Enumerable.Repeat("x ", 5000))));
}
