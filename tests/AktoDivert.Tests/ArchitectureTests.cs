using System.Text.RegularExpressions;
using AktoDivert.Core.Flows;

namespace AktoDivert.Tests;

/// <summary>Keeps the shape of the code base: the star of projects, the fence around unsafe code, file sizes, banned calls.</summary>
[TestClass]
public sealed partial class ArchitectureTests
{
    private static readonly string Root = FindRoot();

    [TestMethod]
    [DataRow(typeof(AktoDivert.Redirect.AssemblyMarker))]
    [DataRow(typeof(AktoDivert.Proxy.AssemblyMarker))]
    [DataRow(typeof(AktoDivert.Guardrails.AllowAllGuard))]
    [DataRow(typeof(AktoDivert.Capture.AssemblyMarker))]
    public void A_stage_references_only_Core(Type marker)
    {
        var own = marker.Assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("AktoDivert", StringComparison.OrdinalIgnoreCase));
        CollectionAssert.IsSubsetOf(own.ToArray(), new[] { "AktoDivert.Core" });
    }

    [TestMethod]
    public void The_console_references_only_Core_and_the_guardrails_it_tries_out()
    {
        var project = File.ReadAllText(Path.Combine(Root, "src", "AktoDivert.Console", "AktoDivert.Console.csproj"));
        var references = ProjectReference().Matches(project).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal).ToArray();
        CollectionAssert.AreEqual(new[] { "AktoDivert.Core", "AktoDivert.Guardrails" }, references);
    }

    [TestMethod]
    public void Core_references_nothing_but_the_base_class_library()
    {
        var references = typeof(Flow).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToArray();
        CollectionAssert.AreEqual(Array.Empty<string>(), references.Where(n => !n.StartsWith("System.", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void Unsafe_code_and_native_calls_stay_in_Interop_folders()
    {
        var outside = Sources().Where(f => !f.Path.Contains("/Interop/", StringComparison.Ordinal))
            .Where(f => Native().IsMatch(WithoutComments(f.Text))).Select(f => f.Path);
        Assert.AreEqual("", string.Join('\n', outside));
    }

    [TestMethod]
    public void No_file_is_longer_than_600_lines()
    {
        var longer = Sources().Where(f => f.Text.AsSpan().Count('\n') > 600).Select(f => f.Path);
        Assert.AreEqual("", string.Join('\n', longer));
    }

    [TestMethod]
    [DataRow(@"DateTime(Offset)?\.(Utc)?Now", "use TimeProvider")]
    [DataRow(@"async void", "return Task")]
    [DataRow(@"\bDllImport\(", "use LibraryImport")]
    [DataRow(@"\.GetAwaiter\(\)\.GetResult\(\)", "await")]
    [DataRow(@"catch\s*\{", "name the exceptions that are expected")]
    [DataRow(@"Channel\.CreateUnbounded", "bound it")]
    [DataRow(@"#region", "split the file")]
    [DataRow(@"Thread\.Sleep", "wait for a condition")]
    public void Banned_calls_do_not_occur(string pattern, string instead)
    {
        var expression = new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(5));
        var hits = Sources().Where(f => expression.IsMatch(WithoutComments(f.Text))).Select(f => $"{f.Path}: {instead}");
        Assert.AreEqual("", string.Join('\n', hits));
    }

    [TestMethod]
    [DataRow("Manager")]
    [DataRow("Helper")]
    [DataRow("Util")]
    [DataRow("Utils")]
    public void No_type_is_named_after_nothing(string suffix)
    {
        var named = Sources().Where(f => Path.GetFileNameWithoutExtension(f.Path).EndsWith(suffix, StringComparison.Ordinal)).Select(f => f.Path);
        Assert.AreEqual("", string.Join('\n', named));
    }

    private static string WithoutComments(string text) => LineComments().Replace(text, "");

    private static IEnumerable<(string Path, string Text)> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(p => !p.Contains("/obj/", StringComparison.Ordinal) && !p.Contains("/bin/", StringComparison.Ordinal))
            .Select(p => (Path.GetRelativePath(Root, p).Replace('\\', '/'), File.ReadAllText(p)));

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "AktoDivert.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("AktoDivert.sln stands in no folder above the test binaries.");
    }

    [GeneratedRegex(@"\b(unsafe(?!-)|LibraryImport|DllImport)\b", RegexOptions.None, 5000)]
    private static partial Regex Native();

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*?([\w.]+)\.csproj""", RegexOptions.None, 5000)]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"//[^\n]*", RegexOptions.None, 5000)]
    private static partial Regex LineComments();
}
