using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace AktoDivert.ScriptTests;

/// <summary>
/// The scripts as PowerShell's own parser reads them. They have to run on Windows PowerShell 5.1, which no Linux has: what came later is looked
/// for in the tree.
/// </summary>
[TestClass]
public sealed class SyntaxTests
{
    // Commands of Windows alone, which cannot be asked for their parameters here.
    private static readonly string[] OfWindows =
    [
        "Get-AuthenticodeSignature", "Get-Acl", "Get-CimInstance", "Get-NetFirewallApplicationFilter", "Get-NetFirewallRule", "Get-NetTCPConnection",
        "Get-Service", "Get-WinEvent", "Stop-Service", "sc.exe",
    ];

    public static IEnumerable<string> Scripts => Script.All;

    [TestMethod]
    [DynamicData(nameof(Scripts))]
    public void It_has_the_syntax_of_version_5_1(string path)
    {
        var later = new Script(path).Parse().FindAll(
            node => node is TernaryExpressionAst or PipelineChainAst
                || node is BinaryExpressionAst { Operator: TokenKind.QuestionQuestion }
                || node is AssignmentStatementAst { Operator: TokenKind.QuestionQuestionEquals }
                || node is MemberExpressionAst { NullConditional: true } or IndexExpressionAst { NullConditional: true },
            searchNestedScriptBlocks: true);
        Assert.AreEqual("", string.Join('\n', later.Select(node => $"{path}:{node.Extent.StartLineNumber}: {node.Extent.Text}")));
    }

    [TestMethod]
    [DynamicData(nameof(Scripts))]
    public void It_stops_at_the_first_error_and_takes_no_undefined_variable(string path)
    {
        var text = File.ReadAllText(new Script(path).FullPath);
        StringAssert.Contains(text, "Set-StrictMode -Version 2");
        StringAssert.Contains(text, "$ErrorActionPreference = 'Stop'");
        StringAssert.Contains(text, "[CmdletBinding()]");
    }

    [TestMethod]
    [DynamicData(nameof(Scripts))]
    public void Words_on_a_programs_error_output_do_not_stop_it_in_version_5_1(string path)
    {
        // There each line that 2>&1 brings from a program is an error, and the first one ends a script that stops at errors.
        var stopping = new Script(path).Parse().FindAll(node => node is MergingRedirectionAst { FromStream: RedirectionStream.Error }, searchNestedScriptBlocks: true)
            .Where(merging => !IsAfterContinue(merging));
        Assert.AreEqual("", string.Join('\n', stopping.Select(node => $"{path}:{node.Extent.StartLineNumber}: {node.Parent.Extent.Text}")));

        static bool IsAfterContinue(Ast node)
        {
            var around = node.Parent;
            while (around is not (FunctionDefinitionAst or null))
            {
                around = around.Parent;
            }

            return around is not null && around.Find(
                inside => inside is AssignmentStatementAst assignment && assignment.Extent.EndOffset < node.Extent.StartOffset
                    && assignment.Extent.Text == "$ErrorActionPreference = 'Continue'",
                searchNestedScriptBlocks: true) is not null;
        }
    }

    [TestMethod]
    [DynamicData(nameof(Scripts))]
    public void Its_commands_and_their_parameters_exist(string path)
    {
        var tree = new Script(path).Parse();
        var own = tree.FindAll(node => node is FunctionDefinitionAst, true).Cast<FunctionDefinitionAst>().Select(function => function.Name).ToHashSet();
        var faults = new List<string>();
        using var shell = PowerShell.Create(InitialSessionState.CreateDefault2());
        foreach (var command in tree.FindAll(node => node is CommandAst, true).Cast<CommandAst>())
        {
            if (command.GetCommandName() is not { } name || own.Contains(name) || OfWindows.Contains(name))
            {
                continue;
            }

            shell.Commands.Clear();
            var found = shell.AddCommand("Get-Command").AddParameter("Name", name).AddParameter("ErrorAction", "Ignore").Invoke<CommandInfo>();
            if (found.Count == 0)
            {
                faults.Add($"{path}:{command.Extent.StartLineNumber}: there is no {name}");
                continue;
            }

            var parameters = found[0].Parameters.Keys;
            faults.AddRange(command.CommandElements.OfType<CommandParameterAst>()
                .Where(used => !parameters.Any(known => known.StartsWith(used.ParameterName, StringComparison.OrdinalIgnoreCase)))
                .Select(used => $"{path}:{used.Extent.StartLineNumber}: {name} has no parameter {used.ParameterName}"));
        }

        Assert.AreEqual("", string.Join('\n', faults));
    }
}
