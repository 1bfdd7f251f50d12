using System.Text;
using System.Text.Json;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;

namespace AktoDivert.Tests.Guardrails.Engine;

/// <summary>Tools of MCP servers that a policy denies: where MCP passes by, and where a model calls them.</summary>
[TestClass]
public sealed class ToolTests
{
    private const string Host = "mcp.example.com";
    private const string Ask = """{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    [TestMethod]
    [DataRow("delete_file", true)]
    [DataRow("DELETE_*", true)]
    [DataRow("mcp__mcp.example.com__delete_file", true)]
    [DataRow("mcp__mcp.example.com__*", true)]
    [DataRow("mcp__other.example.com__*", false)]
    [DataRow("read_file", false)]
    public async Task A_call_of_a_denied_tool_is_answered_with_the_reason(string deny, bool isDenied)
    {
        var decision = await Server(Denying(deny)).RequestAsync(Call("delete_file"));

        Assert.AreEqual(isDenied, decision.Blocks);
        if (isDenied)
        {
            using var answer = JsonDocument.Parse(decision.Answer!.Body);
            Assert.AreEqual((200, 7), (decision.Answer.Status, answer.RootElement.GetProperty("id").GetInt32()));
            StringAssert.Contains(answer.RootElement.GetProperty("error").GetProperty("message").GetString(), "the tool delete_file is not allowed");
            Assert.AreEqual(("mcp-tools", "delete_file"), (decision.Findings.Single().Detector, decision.Findings.Single().Entity));
        }
    }

    [TestMethod]
    public async Task A_call_behind_others_of_a_batch_is_seen()
    {
        var batch = $$"""[{"jsonrpc":"2.0","id":1,"method":"ping"},{{Call("delete_file")}}]""";
        Assert.IsTrue((await Server(Denying("delete_file")).RequestAsync(batch)).Blocks);
        Assert.IsFalse((await Server(Denying("delete_file")).RequestAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""")).Blocks);
    }

    [TestMethod]
    public async Task Of_denial_and_exception_the_longer_name_decides_until_the_exception_ends()
    {
        var scene = Server();
        var tool = new GuardrailException { Kind = "tool", Value = $"mcp__{Host}__read_file", Expires = scene.Time.GetUtcNow().AddDays(1).ToString("O") };
        scene.Apply(Denying($"mcp__{Host}__*") with { Exceptions = [tool] });
        Assert.IsFalse((await scene.RequestAsync(Call("read_file"))).Blocks);
        Assert.IsTrue((await scene.RequestAsync(Call("delete_file"))).Blocks);
        scene.Time.Advance(TimeSpan.FromDays(2));
        Assert.IsTrue((await scene.RequestAsync(Call("read_file"))).Blocks, "the exception is over");

        scene.Apply(Denying($"mcp__{Host}__delete_file") with { Exceptions = [new GuardrailException { Kind = "tool", Value = $"mcp__{Host}__*" }] });
        Assert.IsTrue((await scene.RequestAsync(Call("delete_file"))).Blocks, "the server is allowed, the tool is not");
        Assert.IsFalse((await scene.RequestAsync(Call("read_file"))).Blocks);
    }

    [TestMethod]
    [DataRow("block", true)]
    [DataRow("alert", false)]
    public async Task A_streamed_answer_that_calls_a_denied_tool_ends_with_the_reason(string action, bool isBlocked)
    {
        var stream = Events(Block(0, """{"type":"text","text":"I will do so."}""") + Block(1, """{"type":"tool_use","id":"t1","name":"mcp__github__create_issue","input":{}}"""));
        var (text, decisions, _) = await new GuardScene(Denying("mcp__github__*", action)).AnswerAsync(Ask, "text/event-stream", [stream]);

        var finding = decisions.SelectMany(d => d.Findings).Single();
        Assert.AreEqual(("mcp-tools", "mcp__github__create_issue", false), (finding.Detector, finding.Entity, finding.FromApp));
        Assert.AreEqual(isBlocked, decisions.Exists(d => d.Blocks));
        Assert.AreEqual(!isBlocked, text == stream);
        if (isBlocked)
        {
            Assert.IsFalse(text.Contains("create_issue", StringComparison.Ordinal), "the app would carry it out");
            StringAssert.Contains(Encoding.UTF8.GetString(decisions.Single(d => d.Blocks).Answer!.StreamTail.Span), "the tool mcp__github__create_issue is not allowed");
        }
    }

    [TestMethod]
    [DataRow("mcp__github__create_issue", true)]
    [DataRow("mcp__jira__create_issue", false)]
    [DataRow("create_issue", false)]
    public void An_answer_that_came_whole_is_recorded_with_the_finding(string called, bool isFound)
    {
        using var exchange = new GuardScene(Denying("mcp__github__*", "alert")).Begin();
        using var head = new HeaderBlock();
        head.Add("content-type"u8, "application/json"u8);
        exchange.WantsResponse(200, head);
        var answer = $$$"""{"type":"message","role":"assistant","content":[{"type":"tool_use","id":"t","name":"{{{called}}}","input":{}}]}""";

        Assert.AreEqual(isFound ? 1 : 0, exchange.JudgeResponse(Encoding.UTF8.GetBytes(answer)).Findings.Count);
    }

    [TestMethod]
    [DataRow("mcp__github__create_issue", "github", "create_issue")]
    [DataRow("mcp__a__b__c", "a", "b__c")]
    [DataRow("mcp____c", null, null)]
    [DataRow("mcp__a__", null, null)]
    [DataRow("mcp__a", null, null)]
    [DataRow("Bash", null, null)]
    public void A_name_tells_server_and_tool(string name, string? server, string? tool)
    {
        var read = McpToolName.Parse(name);
        Assert.AreEqual((server, tool), (read?.Server, read?.Tool));
        Assert.AreEqual(read is null ? null : name, read?.ToString());
    }

    private static GuardScene Server(params GuardrailPolicy[] policies) => new(policies) { Host = Host, Path = "/mcp" };

    private static GuardrailPolicy Denying(string tool, string action = "block") =>
        new() { Name = "tools", Action = action, Detectors = [new GuardrailDetector { Type = "mcp-tools", Deny = [tool] }] };

    private static string Call(string tool) => $$$"""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{} } }""";

    private static string Block(int index, string block) =>
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":" + index + ",\"content_block\":" + block + "}\n\n";

    private static string Events(string blocks) =>
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"x\"}}\n\n" + blocks + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
}
