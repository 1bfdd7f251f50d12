using System.Text;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Tests.Guardrails.Policies;

[TestClass]
public sealed class PolicyFileTests
{
    [TestMethod]
    public void Defaults_hold_where_a_file_says_nothing()
    {
        var set = Read("""{"policies":[{"name":"p","detectors":[{"type":"words","words":["x"]}]}]}""", out var policies, out var errors);
        Assert.AreEqual("", string.Join('\n', errors));
        Assert.IsFalse(set.IsEmpty);
        var policy = policies.Single();
        Assert.AreEqual(("alert", "block", "open", "new", "medium", true, 1L), (policy.Action, policy.CannotRedact, policy.OnFailure, policy.History, policy.Severity, policy.Enabled, policy.Version));
        Assert.AreEqual(1, policy.Detectors[0].MinimumCount);
    }

    [TestMethod]
    public void Every_error_is_reported_at_once_with_its_place()
    {
        Read(
            """
            {"policies":[
              {"name":"", "action":"blok", "colour":1, "enabled":"yes", "detectors":[{"type":"regexp"},{"type":"words"},{"type":"regex","patterns":["(?=x)y"]},{"type":"secrets","threshold":7,"minCount":0}],
               "scope":{"domains":["*"],"direction":"up"}, "exceptions":[{"kind":"phrase"},{"kind":"what","value":"x","expires":"tomorrow"}]},
              {"name":"twin","detectors":[{"type":"hosts","hosts":["*"]}]}, {"name":"twin","detectors":[]}, 7]}
            """,
            out _,
            out var errors);
        var places = errors.Select(e => e.Place).ToArray();
        foreach (var place in new[]
        {
            "$.policies[0].name", "$.policies[0].action", "$.policies[0].colour", "$.policies[0].enabled", "$.policies[0].detectors[0].type",
            "$.policies[0].detectors[1].words", "$.policies[0].detectors[2]", "$.policies[0].detectors[3].threshold", "$.policies[0].detectors[3].minCount",
            "$.policies[0].scope.direction", "$.policies[0].exceptions[0].value", "$.policies[0].exceptions[1].kind", "$.policies[0].exceptions[1].expires",
            "$.policies[1].detectors[0].hosts", "$.policies[2].name", "$.policies[2].detectors", "$.policies[3]",
        })
        {
            CollectionAssert.Contains(places, place, string.Join('\n', errors));
        }
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[]")]
    [DataRow("{\"policies\":{}}")]
    [DataRow("{\"policies\":[{\"name\":\"a\",\"name\":\"b\"}]}")]
    [DataRow("nonsense")]
    public void What_is_no_policy_file_is_said_and_puts_nothing_in_force(string file)
    {
        Assert.IsTrue(Read(file, out _, out var errors).IsEmpty);
        Assert.AreNotEqual(0, errors.Count);
    }

    [TestMethod]
    public void Aktos_policies_are_read_as_they_come()
    {
        var set = Read(
            """
            {"guardrailPolicies":[
              {"name":"PII","active":true,"behaviour":"block","severity":"HIGH","blockedMessage":"No.","applyOnRequest":true,"applyOnResponse":false,
               "piiTypes":[{"type":"credit_card","behavior":"mask","minMatchCount":2},{"type":"jwt","behavior":"block"},{"type":"vin","behavior":"block"}],
               "regexPatterns":["abc[0-9]+"],"regexPatternsV2":[{"pattern":"def","behavior":"warn"}],
               "deniedTopics":[{"topic":"layoffs","description":"","samplePhrases":["who will be laid off"]}],
               "secretsDetection":{"enabled":true,"confidenceScore":0.8},"tokenLimitDetection":{"enabled":true,"threshold":4000},
               "blockedHosts":[{"pattern":"evil.example/*"}],"ignorePhrases":[{"phrase":"test card","isRegex":false}],"applyToDeviceIds":null},
              {"name":"off","active":false,"behaviour":"monitor","regexPatterns":["x"]},
              {"name":"nobody","active":true,"behaviour":"surprise","regexPatterns":["x"],"applyToDeviceIds":[]}]}
            """,
            out var policies,
            out var errors);
        Assert.AreEqual("", string.Join('\n', errors));
        Assert.AreEqual("PII", set.Sources.Single().Name);
        var pii = policies[0];
        Assert.AreEqual(("block", "high", "No.", "request"), (pii.Action, pii.Severity, pii.Message, pii.Scope!.Direction));
        CollectionAssert.AreEqual(
            new[] { "pii:redact:2", "secrets:block:1", "regex:block:1", "regex:warn:1", "topics::1", "secrets::1", "token-limit::1", "hosts:block:1" },
            pii.Detectors.Select(d => $"{d.Type}:{d.Action}:{d.MinimumCount}").ToArray());
        Assert.AreEqual("alert", policies[1].Action, "monitor is an old word for alert");
    }

    private static PolicySet Read(string file, out IReadOnlyList<GuardrailPolicy> policies, out IReadOnlyList<PolicyError> errors) =>
        PolicyFile.Read(Encoding.UTF8.GetBytes(file), out policies, out errors);
}
