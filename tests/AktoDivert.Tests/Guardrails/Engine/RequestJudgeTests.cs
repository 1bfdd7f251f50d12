using System.Text;
using System.Text.Json;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;

namespace AktoDivert.Tests.Guardrails.Engine;

[TestClass]
public sealed partial class RequestJudgeTests
{
    private const string Clean = """{"model":"claude-x","stream":true,"messages":[{"role":"user","content":"say hi"}]}""";
    private const string Bad = """{"model":"claude-x","messages":[{"role":"user","content":[{"type":"text","text":"it is ZEBRA-1234, keep it"}]}]}""";

    [TestMethod]
    public async Task A_clean_prompt_passes_as_it_is()
    {
        var decision = await new GuardScene(GuardScene.Marker("block")).RequestAsync(Clean);
        Assert.AreSame(GuardDecision.Allow, decision);
    }

    [TestMethod]
    public async Task Block_answers_in_the_shape_of_the_api_and_keeps_the_text_out_of_everything()
    {
        var decision = await new GuardScene(GuardScene.Marker("block")).RequestAsync(Bad);
        Assert.IsTrue(decision.Blocks);
        Assert.IsNull(decision.Replacement);
        Assert.IsNull(decision.Recorded, "what is no secret stays in the record");
        Assert.AreEqual("No markers, please.", decision.Reason);
        Assert.AreEqual(400, decision.Answer!.Status);
        Assert.IsTrue(decision.Answer.Headers.Contains(new("x-should-retry", "false")));
        using var body = JsonDocument.Parse(decision.Answer.Body);
        Assert.AreEqual("invalid_request_error", body.RootElement.GetProperty("error").GetProperty("type").GetString());
        Assert.AreEqual("No markers, please.", body.RootElement.GetProperty("error").GetProperty("message").GetString());
        var finding = decision.Findings.Single();
        Assert.AreEqual("$.messages[0].content[0].text", finding.Location);
        Assert.AreEqual(("markers", FindingSeverity.High, Verdict.Block, 6), (finding.Policy, finding.Severity, finding.Verdict, finding.Offset));
        Assert.IsFalse(finding.ToString().Contains("ZEBRA-1234", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Redact_changes_nothing_but_the_text_and_keeps_the_length()
    {
        const string Escaped = """{ "messages" : [ {"role":"user","content":"caf\u00e9 \"Z\u0045BRA-1234\" und ZEBRA-9999 é😀"} ], "model":"x", "n": 1.50e1 }""";
        var decision = await new GuardScene(GuardScene.Marker("redact")).RequestAsync(Escaped);
        Assert.AreEqual(Verdict.Redact, decision.Verdict);
        var masked = Encoding.UTF8.GetString(decision.Replacement!.Value.Span);
        Assert.AreEqual(Encoding.UTF8.GetByteCount(Escaped), decision.Replacement.Value.Length);
        Assert.AreEqual(
            Escaped.Replace(@"Z\u0045BRA-1234", Stars(15), StringComparison.Ordinal).Replace("ZEBRA-9999", Stars(10), StringComparison.Ordinal),
            Unlabelled(masked));
        using var parsed = JsonDocument.Parse(masked);
        Assert.AreEqual("x", parsed.RootElement.GetProperty("model").GetString());
        var text = parsed.RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!;
        foreach (var finding in decision.Findings)
        {
            StringAssert.Matches(text.Substring(finding.Offset, finding.Length), MaskForm());
        }
    }

    [TestMethod]
    public async Task All_copies_and_repeated_names_are_masked()
    {
        const string Twice = """{"messages":[{"role":"user","content":"ZEBRA-1111","content":"ZEBRA-2222"}],"metadata":{"x":"ZEBRA-3333"},"messages":[{"role":"user","content":"ZEBRA-4444"}]}""";
        var decision = await new GuardScene(GuardScene.Marker("redact")).RequestAsync(Twice);
        Assert.AreEqual(4, decision.Findings.Count);
        Assert.IsFalse(Encoding.UTF8.GetString(decision.Replacement!.Value.Span).Contains("ZEBRA", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task One_bad_prompt_does_not_poison_the_rest_of_the_chat_and_does_not_leak_either()
    {
        var scene = new GuardScene(GuardScene.Marker("block"));
        Assert.IsTrue((await scene.RequestAsync(Bad)).Blocks);
        var next = await scene.RequestAsync("""{"messages":[{"role":"user","content":"it is ZEBRA-1234"},{"role":"assistant","content":"No."},{"role":"user","content":"fine"}]}""");
        Assert.AreEqual(Verdict.Redact, next.Verdict);
        Assert.IsFalse(Encoding.UTF8.GetString(next.Replacement!.Value.Span).Contains("ZEBRA-1234", StringComparison.Ordinal));
        var all = new GuardScene(GuardScene.Marker("block", p => p with { History = "all" }));
        Assert.IsTrue((await all.RequestAsync("""{"messages":[{"role":"user","content":"ZEBRA-1234"},{"role":"assistant","content":"No."},{"role":"user","content":"fine"}]}""")).Blocks);
    }

    [TestMethod]
    public async Task What_was_scanned_is_not_scanned_again_until_the_policies_change()
    {
        var scene = new GuardScene(GuardScene.Marker("block"));
        await scene.RequestAsync(Clean);
        scene.Apply(GuardScene.Marker("block") with { Detectors = [new GuardrailDetector { Type = "words", Words = ["say hi"] }] });
        Assert.IsTrue((await scene.RequestAsync(Clean)).Blocks);
    }

    [TestMethod]
    public async Task Warn_blocks_once_and_passes_what_a_person_sends_again()
    {
        var scene = new GuardScene(GuardScene.Marker("warn"));
        var first = await scene.RequestAsync(Bad);
        Assert.IsTrue(first.Blocks);
        StringAssert.Contains(first.Reason, "Send it again");
        Assert.IsTrue((await scene.RequestAsync(Bad)).Blocks, "an app's own retry");
        scene.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.IsTrue((await scene.RequestAsync(Bad.Replace("1234", "1235", StringComparison.Ordinal))).Blocks, "another text");
        var again = await scene.RequestAsync(Bad);
        Assert.IsFalse(again.Blocks);
        Assert.AreEqual(Verdict.Warn, again.Verdict);
        Assert.IsFalse((await scene.RequestAsync("""{"messages":[{"role":"user","content":[{"type":"text","text":"it is ZEBRA-1234, keep it"}]},{"role":"assistant","content":"ok"},{"role":"user","content":"go on"}]}""")).Blocks);
        scene.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.IsTrue((await new GuardScene(GuardScene.Marker("warn")).RequestAsync(Bad)).Blocks);
    }

    [TestMethod]
    public async Task Monitor_records_what_it_would_have_done_and_lets_pass()
    {
        var decision = await new GuardScene(GuardScene.Marker("block", p => p with { Monitor = true })).RequestAsync(Bad);
        Assert.IsFalse(decision.Blocks);
        Assert.AreEqual(Verdict.Allow, decision.Verdict);
        Assert.IsTrue(decision.Findings.Single().Monitor);
        Assert.AreEqual(Verdict.Block, decision.Findings.Single().Verdict);
    }

    [TestMethod]
    public async Task The_most_severe_wins_and_all_findings_are_kept()
    {
        var decision = await new GuardScene(
            GuardScene.Marker("alert") with { Name = "a" }, GuardScene.Marker("block") with { Name = "b" }, GuardScene.Marker("redact") with { Name = "c" }).RequestAsync(Bad);
        Assert.IsTrue(decision.Blocks);
        Assert.AreEqual("b", decision.Policy);
        CollectionAssert.AreEqual(new[] { "a", "b", "c" }, decision.Findings.Select(f => f.Policy).ToArray());
    }

    [TestMethod]
    [DataRow("phrase", "it is ZEBRA-1234, keep")]
    [DataRow("path", "/v1/*")]
    [DataRow("user", "a*a")]
    public async Task An_exception_overlooks_until_it_expires(string kind, string value)
    {
        GuardScene Scene(string expires) => new(GuardScene.Marker("block", p => p with { Exceptions = [new GuardrailException { Kind = kind, Value = value, Expires = expires }] }));
        Assert.IsFalse((await Scene("2027-01-01").RequestAsync(Bad)).Blocks);
        Assert.IsTrue((await Scene("2025-12-31").RequestAsync(Bad)).Blocks);
    }

    [TestMethod]
    public async Task An_exception_by_hash_takes_the_hash_that_a_finding_shows()
    {
        var hash = (await new GuardScene(GuardScene.Marker("block")).RequestAsync(Bad)).Findings.Single().Hash!;
        var scene = new GuardScene(GuardScene.Marker("block", p => p with { Exceptions = [new GuardrailException { Kind = "hash", Value = hash }] }));
        Assert.IsFalse((await scene.RequestAsync(Bad)).Blocks);
        Assert.IsTrue((await scene.RequestAsync(Bad.Replace("1234", "4321", StringComparison.Ordinal))).Blocks);
    }

    [TestMethod]
    public async Task Too_few_do_not_count()
    {
        var scene = new GuardScene(GuardScene.Marker("block", p => p with { Detectors = [p.Detectors[0] with { MinimumCount = 2 }] }));
        Assert.IsFalse((await scene.RequestAsync(Bad)).Blocks);
        Assert.IsTrue((await scene.RequestAsync(Bad.Replace("keep it", "ZEBRA-7777", StringComparison.Ordinal))).Blocks);
    }

    [TestMethod]
    public async Task What_was_not_seen_passes_or_not_by_the_policy()
    {
        var open = await new GuardScene(GuardScene.Marker("block")).RequestAsync(Clean[..40], complete: false);
        Assert.IsFalse(open.Blocks);
        Assert.IsNotNull(open.Unchecked);
        Assert.IsTrue((await new GuardScene(GuardScene.Marker("block", p => p with { OnFailure = "closed" })).RequestAsync(Clean[..40], complete: false)).Blocks);
        Assert.IsTrue((await new GuardScene(GuardScene.Marker("redact")).RequestAsync(Bad, complete: false)).Blocks, "what cannot be replaced is blocked by default");
        Assert.IsFalse((await new GuardScene(GuardScene.Marker("redact", p => p with { CannotRedact = "alert" })).RequestAsync(Bad, complete: false)).Blocks);
    }

    [TestMethod]
    public async Task A_signed_body_is_not_changed()
    {
        var scene = new GuardScene(GuardScene.Marker("redact")) { Host = "bedrock-runtime.eu-west-1.amazonaws.com", Path = "/model/claude/converse" };
        const string Body = """{"messages":[{"role":"user","content":[{"text":"ZEBRA-1234"}]}]}""";
        scene.Fields.Add(("authorization", "AWS4-HMAC-SHA256 Credential=x"));
        var signed = await scene.RequestAsync(Body);
        Assert.IsTrue(signed.Blocks);
        scene.Fields[0] = ("authorization", "Bearer key");
        Assert.AreEqual(Verdict.Redact, (await scene.RequestAsync(Body)).Verdict);
    }

    [TestMethod]
    [DataRow("{\"messages\":[{\"role\":\"user\",\"content\":\"ZEBRA-1234", DisplayName = "cut")]
    [DataRow("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]} ZEBRA-1234", DisplayName = "more after the end")]
    [DataRow("{\"messages\": oops ZEBRA-1234", DisplayName = "malformed")]
    [DataRow("ZEBRA-1234", DisplayName = "no JSON at all")]
    public async Task What_is_not_json_is_searched_too(string body) =>
        Assert.IsTrue((await new GuardScene(GuardScene.Marker("block")).RequestAsync(body)).Blocks);

    [TestMethod]
    public async Task Nesting_of_ten_thousand_levels_is_read()
    {
        var deep = new string('[', 10_000) + "\"ZEBRA-1234\"" + new string(']', 10_000);
        Assert.IsTrue((await new GuardScene(GuardScene.Marker("block")).RequestAsync($$"""{"messages":[{"role":"user","content":{{deep}}}]}""")).Blocks);
        Assert.IsTrue((await new GuardScene(GuardScene.Marker("block")).RequestAsync(new string('[', 100_000) + "\"ZEBRA-1234\"")).Blocks);
    }

    [TestMethod]
    public async Task Ten_megabytes_with_the_marker_at_the_end_are_read_and_masked()
    {
        var body = $$"""{"messages":[{"role":"user","content":"{{new string('x', 10_000_000)}} ZEBRA-1234"}]}""";
        var decision = await new GuardScene(GuardScene.Marker("redact")).RequestAsync(body);
        Assert.AreEqual(body.Length, decision.Replacement!.Value.Length);
        Assert.IsFalse(Encoding.UTF8.GetString(decision.Replacement.Value.Span[10_000_000..]).Contains("ZEBRA", StringComparison.Ordinal));
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"^(\[REDACTED \*+\]|\*+)$", System.Text.RegularExpressions.RegexOptions.None, 1000)]
    private static partial System.Text.RegularExpressions.Regex MaskForm();

    private static string Stars(int count) => new('*', count);

    // A mask that has room begins with its label.
    private static string Unlabelled(string text) => System.Text.RegularExpressions.Regex.Replace(
        text, @"\[REDACTED [^\]]*\]", m => Stars(m.Length), System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
}
