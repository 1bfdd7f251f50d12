using System.Management.Automation.Language;
using AktoDivert.Tests.Shared;

namespace AktoDivert.ScriptTests;

/// <summary>One of the product's PowerShell scripts.</summary>
/// <param name="Path">Below the repository, with slashes.</param>
internal sealed record Script(string Path)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["drivers/restore.ps1", "packaging/windows/install.ps1", "packaging/windows/uninstall.ps1", "tools/windows/verify.ps1"];

    /// <summary>The file.</summary>
    public string FullPath => System.IO.Path.Combine(Repository.Root, Path);

    /// <summary>Its syntax tree; fails the test on an error of syntax.</summary>
    public ScriptBlockAst Parse()
    {
        var tree = Parser.ParseFile(FullPath, out _, out var errors);
        Assert.AreEqual("", string.Join('\n', errors.Select(error => $"{Path}:{error.Extent.StartLineNumber}: {error.Message}")));
        return tree;
    }
}
