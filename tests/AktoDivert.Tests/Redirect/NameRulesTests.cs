using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Linux;
using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Tests.Redirect;

[TestClass]
public sealed class NameRulesTests
{
    [TestMethod]
    public void An_exact_name_selects_in_the_kernel()
    {
        var rules = Rules(new ProcessSelector(ProcessSelectorKind.Name, "claude"));
        Assert.AreEqual(new NameRuleRecord(NameFlags.Selected, 1), rules.Rules["claude"]);
        Assert.IsFalse(rules.AllCandidates);
    }

    [TestMethod]
    public void A_name_longer_than_the_kernel_compares_only_makes_a_candidate()
    {
        var name = new string('n', NameRecord.Length);
        Assert.AreEqual(NameFlags.Candidate, Rules(new ProcessSelector(ProcessSelectorKind.Name, name)).Rules[name].Flags);
        Assert.AreEqual(NameFlags.Selected, Rules(new ProcessSelector(ProcessSelectorKind.Name, name[1..])).Rules[name[1..]].Flags);
    }

    [TestMethod]
    [DataRow("*/claude/versions/*", "versions", (int)NameFlags.Directory)]
    [DataRow("/opt/*/cursor", "cursor", (int)NameFlags.Candidate)]
    [DataRow("/usr/share/code/code*", "code", (int)NameFlags.Directory)]
    public void A_path_is_anchored_at_its_last_literal_component(string glob, string name, int flags)
    {
        var rules = Rules(new ProcessSelector(ProcessSelectorKind.Path, glob));
        Assert.AreEqual((NameFlags)flags, rules.Rules[name].Flags);
        Assert.HasCount(1, rules.Rules);
    }

    [TestMethod]
    public void A_path_without_a_literal_component_makes_every_program_a_candidate() =>
        Assert.IsTrue(Rules(new ProcessSelector(ProcessSelectorKind.Path, "*code*")).AllCandidates);

    [TestMethod]
    public void A_command_line_makes_candidates_of_all_interpreters() =>
        CollectionAssert.AreEquivalent(
            ProcessSelector.Interpreters.ToArray(),
            Rules(new ProcessSelector(ProcessSelectorKind.CommandLine, "claude-code/cli.js")).Rules.Keys.ToArray());

    [TestMethod]
    public void The_app_of_the_rule_that_selects_is_noted_whatever_the_order()
    {
        var directory = App("one", new ProcessSelector(ProcessSelectorKind.Path, "*/claude/*"));
        var name = App("two", new ProcessSelector(ProcessSelectorKind.Name, "claude"));
        foreach (var apps in new[] { new[] { directory, name }, [name, directory] })
        {
            var table = new AppTable();
            var rule = new NameRules(new ProcessSelection(RedirectScope.AllowList, apps), table).Rules["claude"];
            Assert.AreEqual(NameFlags.Selected | NameFlags.Directory, rule.Flags);
            Assert.AreEqual("two", table[rule.App]?.AppId);
        }
    }

    private static NameRules Rules(params ProcessSelector[] selectors) =>
        new(new ProcessSelection(RedirectScope.AllowList, [App("app", selectors)]), new AppTable());

    private static CatalogueApp App(string id, params ProcessSelector[] selectors) => new(id, id, selectors, [], []);
}
