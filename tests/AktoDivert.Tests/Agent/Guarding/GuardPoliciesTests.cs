using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Guarding;
using AktoDivert.Agent.Policy;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails;

namespace AktoDivert.Tests.Agent.Guarding;

[TestClass]
public sealed class GuardPoliciesTests
{
    [TestMethod]
    public void The_consoles_policies_join_the_files_and_win_by_name_also_after_a_restart()
    {
        using var state = new TemporaryState();
        var file = state.Write("p.json", """{"policies":[{"name":"shared","detectors":[{"type":"words","words":["a"]}]},{"name":"own","detectors":[{"type":"words","words":["b"]}]}]}""");
        var options = state.Options with { Guard = new GuardSection { PoliciesFile = file } };
        var (store, policies) = Start(options);
        CollectionAssert.AreEqual(new[] { "shared (alert, version 1)", "own (alert, version 1)" }, policies.InForce.ToArray());

        var pushed = new GuardrailPolicy { Name = "Shared", Action = "block", Version = 5, Detectors = [new() { Type = "words", Words = ["c"] }] };
        store.Apply(new AccountSettings { Version = 2, Guardrails = [pushed] });
        policies.Refresh(always: true);
        CollectionAssert.AreEqual(new[] { "Shared (block, version 5)", "own (alert, version 1)" }, policies.InForce.ToArray());
        store.Apply(new AccountSettings { Version = 3 });
        CollectionAssert.AreEqual(new[] { "Shared (block, version 5)", "own (alert, version 1)" }, Start(options).Policies.InForce.ToArray());

        store.Apply(new AccountSettings { Version = 4, Guardrails = [] });
        policies.Refresh(always: true);
        CollectionAssert.AreEqual(new[] { "shared (alert, version 1)", "own (alert, version 1)" }, policies.InForce.ToArray());
    }

    [TestMethod]
    public void A_file_that_goes_wrong_is_said_once_and_its_right_policies_stay()
    {
        using var state = new TemporaryState();
        var file = state.Write("p.json", """{"policies":[{"name":"right","detectors":[{"type":"words","words":["a"]}]},{"name":"wrong","action":"blok","detectors":[{"type":"words","words":["b"]}]}]}""");
        var (_, policies) = Start(state.Options with { Guard = new GuardSection { PoliciesFile = file } });
        CollectionAssert.AreEqual(new[] { "right (alert, version 1)" }, policies.InForce.ToArray());
        StringAssert.Contains(policies.Errors.Single(), "$.policies[1].action");
        Assert.IsFalse(policies.Refresh(always: false), "it did not change");

        File.Delete(file);
        Assert.IsTrue(policies.Refresh(always: false));
        CollectionAssert.AreEqual(new[] { "right (alert, version 1)" }, policies.InForce.ToArray());
        StringAssert.Contains(string.Join('\n', policies.Errors), "cannot be read");
    }

    private static (PolicyStore Store, GuardPolicies Policies) Start(AgentOptions options)
    {
        var store = new PolicyStore(options, null, TimeProvider.System);
        var policies = new GuardPolicies(options, store, new PolicyGuard("laptop", [], null, new AgentCounters(), TimeProvider.System));
        policies.Refresh(always: true);
        return (store, policies);
    }
}
