using System.Net;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;

namespace AktoDivert.Tests.Core.Policy;

[TestClass]
public sealed class PolicySnapshotTests
{
    private readonly LearnedPassthroughTable _learned = new(TimeProvider.System);

    [TestMethod]
    public void The_order_of_decision_is_the_documented_one()
    {
        var settings = new PolicySettings
        {
            OwnHosts = ["console.example"],
            Patterns = [Pattern("console.example", true), Pattern("learned.example", true), Pattern("chatty.ai.example", true), Pattern("off.ai.example", false)],
            ChattyDomains = ["stats.ai.example", "chatty.ai.example"],
            AiDomains = ["ai.example", "learned.example"],
        };
        _learned.Learn("app", "learned.example", "refused our certificate");
        _learned.Learn("app", "pinned.ai.example", "refused our certificate");

        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.BuiltIn), Decide(settings, "console.example"));
        Assert.AreEqual((InterceptAction.Intercept, RuleSource.ProxyPattern), Decide(settings, "learned.example"));
        Assert.AreEqual((InterceptAction.Intercept, RuleSource.ProxyPattern), Decide(settings, "chatty.ai.example"));
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.ProxyPattern), Decide(settings, "off.ai.example"));
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.LearnedPassthrough), Decide(settings, "pinned.ai.example"));
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.ChattyDomain), Decide(settings, "stats.ai.example"));
        Assert.AreEqual((InterceptAction.Intercept, RuleSource.AiDomain), Decide(settings, "api.ai.example"));
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.Default), Decide(settings, "www.example"));
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.Default), Decide(settings, null));
    }

    [TestMethod]
    [DataRow("api.openai.com", true, ".openai.com", false)]
    [DataRow(".eu.openai.com", true, ".openai.com", false)]
    [DataRow("*.openai.com", true, "10.0.0.0/8", false)]
    [DataRow("10.1.2.3", true, ".openai.com", false)]
    [DataRow(".openai.com:443", true, ".openai.com", false)]
    public void The_more_specific_pattern_wins(string strong, bool mode, string weak, bool otherMode)
    {
        foreach (var patterns in new[] { new[] { Pattern(strong, mode), Pattern(weak, otherMode) }, [Pattern(weak, otherMode), Pattern(strong, mode)] })
        {
            var decision = Snapshot(new PolicySettings { Patterns = patterns }).Decide(Facts("api.eu.openai.com".Replace("eu.", strong.Contains("api.", StringComparison.Ordinal) ? "" : "eu.", StringComparison.Ordinal)), _learned);
            Assert.AreEqual(strong, decision.Rule);
            Assert.IsTrue(decision.Intercepts);
        }
    }

    [TestMethod]
    public void The_mode_decides_what_no_rule_does_or_lets_everything_pass()
    {
        var app = new CatalogueApp("acme", "Acme", [], ["acme.example", "chat.acme-cdn.example"], []);
        var settings = new PolicySettings
        {
            OwnHosts = ["console.example"], Apps = [app], AiDomains = ["ai.example"], ChattyDomains = ["stats.acme.example"],
            Patterns = [Pattern("off.acme.example", false), Pattern("on.example", true)],
        };
        _learned.Learn("app", "pinned.acme.example", "refused our certificate");
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.Default), Decide(settings, "acme.example"));

        var all = settings with { Mode = ProxyMode.AllExcept };
        Assert.AreEqual((InterceptAction.Intercept, RuleSource.Default), Decide(all, "acme.example"));
        Assert.AreEqual((InterceptAction.Intercept, RuleSource.Default), Decide(all, "chat.acme-cdn.example"));
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.Default), Decide(all, "www.example"));
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.ProxyPattern), Decide(all, "off.acme.example"));
        Assert.AreEqual((InterceptAction.Intercept, RuleSource.AiDomain), Decide(all, "ai.example"));
        var ofApp = new CatalogueApp("acme", "Acme", [], [".acme.example"], []);
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.ChattyDomain), Decide(all with { Apps = [ofApp] }, "stats.acme.example"));
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.LearnedPassthrough), Decide(all with { Apps = [ofApp] }, "pinned.acme.example"));
        Assert.IsTrue(Snapshot(all).DecidePath(Facts("acme.example"), "acme.example", "/v1/chat").Capture);

        var off = settings with { Mode = ProxyMode.Off };
        foreach (var host in new[] { "on.example", "ai.example", "acme.example", null })
        {
            Assert.AreEqual((InterceptAction.Passthrough, RuleSource.ProxyPattern), Decide(off, host), host);
        }

        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.BuiltIn), Decide(off, "console.example"));
    }

    [TestMethod]
    public void Bypass_wins_at_equal_weight()
    {
        var settings = new PolicySettings { Patterns = [Pattern(".openai.com", true), Pattern("*.openai.com", false)] };
        Assert.AreEqual((InterceptAction.Passthrough, RuleSource.ProxyPattern), Decide(settings, "api.openai.com"));
        Assert.AreEqual((InterceptAction.Intercept, RuleSource.ProxyPattern), Decide(settings, "openai.com"));
    }

    [TestMethod]
    public void A_pair_known_never_to_work_passes_for_its_app_only()
    {
        var snapshot = Snapshot(new PolicySettings { AiDomains = ["claudeusercontent.com"] });
        var desktop = new ProcessIdentity { Pid = 1, Name = "claude.exe", AppId = "claude-desktop" };
        var facts = new FlowFacts(desktop, "bridge.claudeusercontent.com", new IPEndPoint(IPAddress.Loopback, 443));
        Assert.AreEqual(RuleSource.BuiltIn, snapshot.Decide(facts, _learned).Source);
        Assert.AreEqual(RuleSource.AiDomain, snapshot.Decide(facts with { Process = desktop with { AppId = "claude-code" } }, _learned).Source);
    }

    [TestMethod]
    public void A_path_pattern_intercepts_its_host_and_captures_its_paths_only()
    {
        var snapshot = Snapshot(new PolicySettings { Patterns = [Pattern("https://office.example/copilot/*", true)] });
        Assert.IsTrue(snapshot.Decide(Facts("office.example"), _learned).Intercepts);
        Assert.IsTrue(snapshot.DecidePath(Facts("office.example"), "office.example", "/copilot/chat?x=1").Capture);
        Assert.IsFalse(snapshot.DecidePath(Facts("office.example"), "office.example:443", "/mail").Capture);
    }

    [TestMethod]
    public void A_bypassed_path_of_an_AI_domain_is_decrypted_and_not_captured()
    {
        var snapshot = Snapshot(new PolicySettings { AiDomains = ["ai.example"], ChattyDomains = ["stats.ai.example"], Patterns = [Pattern("https://ai.example/health*", false)] });
        Assert.AreEqual(RuleSource.AiDomain, snapshot.Decide(Facts("ai.example"), _learned).Source);
        Assert.IsFalse(snapshot.DecidePath(Facts("ai.example"), "AI.example", "/healthz").Capture);
        Assert.IsTrue(snapshot.DecidePath(Facts("ai.example"), "ai.example", "/v1/chat").Capture);
        Assert.IsFalse(snapshot.DecidePath(Facts("ai.example"), "stats.ai.example", "/v1/chat").Capture, "a chatty host coalesced on the connection");
    }

    [TestMethod]
    public void What_does_not_parse_is_left_out_and_reported()
    {
        var snapshot = PolicySnapshot.Compile(new PolicySettings { Patterns = [Pattern("a b", true), Pattern("good.example", true)], AiDomains = ["10.0.0.0/8"] }, out var errors);
        Assert.HasCount(2, errors);
        StringAssert.Contains(errors[0], "'a b'");
        Assert.IsTrue(snapshot.Decide(Facts("good.example"), _learned).Intercepts);
    }

    [TestMethod]
    public void The_built_in_hosts_of_the_catalogue_parse()
    {
        PolicySnapshot.Compile(new PolicySettings { AiDomains = DefaultDomains.Ai, ChattyDomains = DefaultDomains.Chatty }, out var errors);
        Assert.IsEmpty(errors, string.Join('\n', errors));
    }

    [TestMethod]
    public void A_decision_by_name_allocates_nothing_with_ten_thousand_patterns()
    {
        var snapshot = Snapshot(new PolicySettings
        {
            Patterns = [.. Enumerable.Range(0, 10_000).Select(i => Pattern(i % 3 == 0 ? $"h{i}.example" : i % 3 == 1 ? $".d{i}.example" : $"*.g{i}.*", i % 2 == 0))],
            AiDomains = DefaultDomains.Ai,
            ChattyDomains = DefaultDomains.Chatty,
        });
        var facts = Facts("api.anthropic.com");
        for (var i = 0; i < 100; i++)
        {
            snapshot.Decide(facts, _learned);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            snapshot.Decide(facts, _learned);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.AreEqual("*.g9998.*", snapshot.Decide(Facts("a.g9998.co.uk"), _learned).Rule);
    }

    [TestMethod]
    public void Random_patterns_decide_as_a_naive_search_does()
    {
        var random = new Random(11);
        string[] labels = ["a", "b", "openai", "com", "eu"];
        string Name(int min) => string.Join('.', Enumerable.Range(0, random.Next(min, 4)).Select(_ => labels[random.Next(labels.Length)]));
        for (var round = 0; round < 300; round++)
        {
            var patterns = Enumerable.Range(0, 12).Select(_ => Pattern(
                random.Next(4) switch { 0 => Name(1), 1 => "." + Name(1), 2 => "*." + Name(1), _ => Name(1) + ".*" },
                random.Next(2) == 0)).ToArray();
            var snapshot = Snapshot(new PolicySettings { Patterns = patterns });
            for (var i = 0; i < 20; i++)
            {
                var host = Name(1);
                var facts = Facts(host);
                var expected = patterns
                    .Select(p => (Parsed: Parse(p.Pattern), p.Intercept))
                    .Where(p => p.Parsed.Matches(host, facts.Destination))
                    .OrderByDescending(p => p.Parsed.Weight).ThenBy(p => p.Intercept)
                    .Select(p => (bool?)p.Intercept).FirstOrDefault();
                Assert.AreEqual(expected ?? false, snapshot.Decide(facts, _learned).Intercepts, $"{host} in {string.Join(' ', patterns.Select(p => p.Pattern + (p.Intercept ? "+" : "-")))}");
            }
        }
    }

    private static HostPattern Parse(string text) => HostPattern.TryParse(text, out var pattern, out var error) ? pattern! : throw new AssertFailedException(error!);

    private static ProxyPattern Pattern(string text, bool intercept) => new() { Pattern = text, Intercept = intercept };

    private static FlowFacts Facts(string? host) =>
        new(new ProcessIdentity { Pid = 1, Name = "app" }, host, new IPEndPoint(IPAddress.Parse("10.1.2.3"), 443));

    private static PolicySnapshot Snapshot(PolicySettings settings) => PolicySnapshot.Compile(settings, out _);

    private (InterceptAction Action, RuleSource Source) Decide(PolicySettings settings, string? host)
    {
        var decision = Snapshot(settings).Decide(Facts(host), _learned);
        return (decision.Action, decision.Source);
    }
}
