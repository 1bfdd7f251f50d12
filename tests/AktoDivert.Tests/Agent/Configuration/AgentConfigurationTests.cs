using AktoDivert.Agent.Configuration;
using AktoDivert.Core.Processes;

namespace AktoDivert.Tests.Agent.Configuration;

[TestClass]
public sealed class AgentConfigurationTests
{
    [TestMethod]
    public void Every_error_is_reported_at_once_with_place_value_and_fix()
    {
        var errors = Load("""
            {
              "redirct": {},
              "logLevel": 3,
              "redirect": { "scope": "al", "ports": [443, 99999, "x"], "denyQuic": "yes", "heartbeatTimeoutSeconds": 0.5 },
              "apps": { "add": [{ "id": "mine" }], "disable": ["no-such-app"] },
              "policy": { "patterns": [{ "pattern": "bad host!", "mode": true }, { "pattern": "a.example" }], "aiDomains": { "add": ["x y"] } },
              "console": { "url": "http://console.example.org", "socket": "relative" },
              "upload": { "batchRecords": 101 },
              "device": { "label": "Upper_Case" }
            }
            """).Errors;

        CollectionAssert.AreEquivalent(
            new[]
            {
                "$.redirct", "$.logLevel", "$.redirect.scope", "$.redirect.ports[1]", "$.redirect.ports[2]", "$.redirect.denyQuic",
                "$.redirect.heartbeatTimeoutSeconds", "$.apps.add[0].selectors", "$.apps.disable[0]", "$.policy.patterns[0].pattern",
                "$.policy.patterns[1].mode", "$.policy.aiDomains.add[0]", "$.console.url", "$.console.socket", "$.upload.batchRecords", "$.device.label",
            },
            errors.Select(error => error.Place).ToArray(),
            string.Join('\n', errors));
        Assert.AreEqual("99999", errors.Single(error => error.Place == "$.redirect.ports[1]").Value);
        Assert.IsTrue(errors.All(error => error.Fix.Length > 0));
    }

    [TestMethod]
    public void An_unknown_name_gets_the_nearest_known_one()
    {
        var error = Load("""{ "redirect": { "denyQiuc": true } }""").Errors.Single();
        Assert.AreEqual("$.redirect.denyQiuc: true is not a known setting; did you mean denyQuic?", error.ToString());
    }

    [TestMethod]
    public void A_secret_in_the_file_is_refused_and_not_repeated()
    {
        var error = Load("""{ "console": { "token": "s3cr3t-value" } }""").Errors.Single();
        Assert.AreEqual("$.console.token", error.Place);
        Assert.IsFalse(error.ToString().Contains("s3cr3t", StringComparison.Ordinal));
        StringAssert.Contains(error.Fix, "tokenFile");
    }

    [TestMethod]
    public void The_bounds_of_the_gates_are_read_and_held_against_each_other()
    {
        var loaded = Load("""{ "guard": { "gate": { "onFailure": "closed", "heldBytes": 65536, "heldBytesPerConnection": 65536, "holdSeconds": 1.5, "releaseSeconds": 0.05 } } }""");
        Assert.IsEmpty(loaded.Errors, string.Join('\n', loaded.Errors));
        var gate = loaded.Options.Guard.Gate;
        Assert.AreEqual((false, 65536, 65536, 1500, 50), (gate.FailOpen, gate.MaxHeldBytes, gate.MaxHeldBytesPerConnection, (int)gate.HoldLimit.TotalMilliseconds, (int)gate.ReleaseAfter.TotalMilliseconds));

        var errors = Load("""{ "guard": { "remoteTimeoutSeconds": 20, "gate": { "heldBytes": 1000, "heldBytesPerConnection": 70000, "inflatedBytes": "much", "onFailure": "shut", "holdMs": 5 } } }""").Errors;
        CollectionAssert.AreEquivalent(
            new[] { "heldBytes", "heldBytesPerConnection", "inflatedBytes", "onFailure", "judgeSeconds", "holdMs" },
            errors.Select(error => error.Place["$.guard.gate.".Length..]).ToArray(),
            string.Join('\n', errors));
    }

    [TestMethod]
    public void Comments_trailing_commas_and_any_case_are_fine()
    {
        var loaded = Load("""
            {
              // which apps
              "Redirect": { "Scope": "ALL", "ports": [443, 8443,], },
            }
            """);
        Assert.IsEmpty(loaded.Errors);
        Assert.AreEqual(RedirectScope.All, loaded.Options.Redirect.Scope);
        CollectionAssert.AreEqual(new[] { 443, 8443 }, loaded.Options.Redirect.Ports.ToArray());
    }

    [TestMethod]
    public void Environment_variables_win_over_the_file()
    {
        var loaded = Load("""{ "redirect": { "scope": "all", "denyQuic": true } }""", new()
        {
            ["AKTODIVERT__REDIRECT__SCOPE"] = "allowlist",
            ["AKTODIVERT__REDIRECT__DENYQUIC"] = "false",
            ["AKTODIVERT__REDIRECT__PORTS"] = "[8443]",
            ["AKTODIVERT__DEVICE__LABEL"] = "bench-1",
            ["AKTODIVERT_TOKEN"] = "not a setting",
        });
        Assert.IsEmpty(loaded.Errors, string.Join('\n', loaded.Errors));
        Assert.AreEqual(RedirectScope.AllowList, loaded.Options.Redirect.Scope);
        Assert.IsFalse(loaded.Options.Redirect.DenyQuic);
        Assert.AreEqual(8443, loaded.Options.Redirect.Ports.Single());
        Assert.AreEqual("bench-1", loaded.Options.Device.Label);
    }

    [TestMethod]
    public void An_error_from_the_environment_names_the_variable()
    {
        var errors = Load("{}", new() { ["AKTODIVERT__REDIRECT__PORTS"] = "[443, 0]", ["AKTODIVERT__REDIRECT__SCOP"] = "all" }).Errors;
        CollectionAssert.AreEquivalent(
            new[] { "AKTODIVERT__REDIRECT__PORTS[1]", "AKTODIVERT__REDIRECT__SCOP" }, errors.Select(error => error.Place).ToArray());
    }

    [TestMethod]
    public void A_syntax_error_names_file_line_and_column()
    {
        var error = Load("{\n  \"redirect\": {,}\n}").Errors.Single();
        StringAssert.Contains(error.Place, "config.json line 2, column");
    }

    [TestMethod]
    public void A_name_written_twice_is_an_error()
    {
        Assert.HasCount(1, Load("""{ "logLevel": "error", "logLevel": "debug" }""").Errors);
    }

    [TestMethod]
    public void A_named_file_must_exist_and_the_default_one_need_not()
    {
        var environment = new Dictionary<string, string>();
        StringAssert.Contains(AgentConfiguration.Load("/nonexistent/config.json", environment).Errors.Single().ToString(), "does not exist");
        if (!File.Exists(AgentPaths.DefaultConfiguration))
        {
            Assert.IsEmpty(AgentConfiguration.Load(null, environment).Errors);
        }
    }

    [TestMethod]
    public void Apps_patterns_and_domains_are_read()
    {
        var options = Load("""
            {
              "apps": { "add": [{ "id": "lab-curl", "selectors": [{ "kind": "name", "value": "curl" }, { "kind": "path", "value": "*/bin/x" }], "hosts": ["api.lab.example"] }] },
              "policy": { "patterns": [{ "pattern": "API.Example.com.", "mode": false }], "chattyDomains": { "remove": [".Example.org"] } }
            }
            """).Options;
        var app = options.Apps.Add.Single();
        Assert.AreEqual(("lab-curl", AppSource.Device), (app.Name, app.Source));
        Assert.AreEqual(new ProcessSelector(ProcessSelectorKind.Path, "*/bin/x"), app.Selectors[1]);
        Assert.AreEqual("api.example.com", options.Policy.Patterns.Single().Pattern);
        Assert.AreEqual("example.org", options.Policy.ChattyDomains.Remove.Single());
    }

    [TestMethod]
    public void A_selector_that_would_never_match_is_refused_with_the_fix()
    {
        var error = Load("""{ "apps": { "add": [{ "id": "bot", "selectors": [{ "kind": "name", "value": "bin/bot" }] }], "enable": ["browsers"] } }""").Errors.Single();
        Assert.AreEqual("$.apps.add[0].selectors[0].value", error.Place);
        StringAssert.Contains(error.ToString(), "write path");
    }

    private static AgentConfiguration Load(string json, Dictionary<string, string>? environment = null)
    {
        using var state = new TemporaryState();
        return AgentConfiguration.Load(state.Write("config.json", json), environment ?? new Dictionary<string, string>());
    }
}
