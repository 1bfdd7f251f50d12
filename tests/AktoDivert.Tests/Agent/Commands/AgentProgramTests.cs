using System.Text.Json;
using AktoDivert.Agent.Commands;

namespace AktoDivert.Tests.Agent.Commands;

[TestClass]
public sealed class AgentProgramTests
{
    [TestMethod]
    [DataRow(ExitCode.Usage, "frob")]
    [DataRow(ExitCode.Usage, "explain", "claude")]
    [DataRow(ExitCode.Usage, "patterns", "add", "x.example", "--mode", "maybe")]
    [DataRow(ExitCode.Usage, "enrol", "http://console.example.org", "token")]
    [DataRow(ExitCode.NotRunning, "status")]
    [DataRow(ExitCode.NotRunning, "tail")]
    [DataRow(ExitCode.Failed, "patterns", "add", "bad host")]
    [DataRow(ExitCode.Failed, "domains", "ai", "remove", "not-listed.example")]
    [DataRow(ExitCode.Failed, "explain", "claude", "no host")]
    [DataRow(ExitCode.Failed, "explain", "999999999", "api.openai.com")]
    [DataRow(ExitCode.Done, "config", "check")]
    [DataRow(ExitCode.Done, "--help")]
    public async Task Exit_codes_are_the_documented_ones(int expected, params string[] args)
    {
        using var state = new TemporaryState();
        var result = await state.RunAsync(args);
        Assert.AreEqual(expected, result.Code, result.Out + result.Error);
    }

    [TestMethod]
    [DataRow("run")]
    [DataRow("doctor")]
    [DataRow("trust", "install")]
    [DataRow("service", "start")]
    [DataRow("patterns", "add", "x.example")]
    public async Task What_only_root_may_do_is_refused_with_the_way(params string[] args)
    {
        using var state = new TemporaryState();
        var result = await state.RunAsync(args, privileged: false);
        Assert.AreEqual(ExitCode.NotPermitted, result.Code);
        StringAssert.Contains(result.Error, OperatingSystem.IsWindows() ? "Administrator" : "sudo");
    }

    [TestMethod]
    public async Task A_wrong_configuration_stops_every_command()
    {
        using var state = new TemporaryState();
        state.Write("config.json", """{ "redirect": { "ports": [] } }""");
        foreach (var args in new[] { new[] { "run" }, ["status"], ["explain", "claude", "api.openai.com"], ["config", "check"] })
        {
            var result = await state.RunAsync(args);
            Assert.AreEqual(ExitCode.Usage, result.Code);
            StringAssert.Contains(result.Out + result.Error, "$.redirect.ports");
        }
    }

    [TestMethod]
    public async Task The_refusal_spells_the_command_with_sudo()
    {
        using var state = new TemporaryState();
        var refusal = (await state.RunAsync(["patterns", "add", "*.corp.example"], privileged: false)).Error;
        StringAssert.Contains(refusal, OperatingSystem.IsWindows() ? "Administrator" : $"sudo {Environment.ProcessPath} ");
        StringAssert.Contains(refusal, OperatingSystem.IsWindows() ? "Administrator" : "patterns add '*.corp.example'");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task A_glob_that_no_certificate_can_be_limited_to_is_said_to_pass_through()
    {
        using var state = new TemporaryState();
        var added = await state.RunAsync(["patterns", "add", "bedrock-runtime.*.amazonaws.com"]);
        Assert.AreEqual(ExitCode.Done, added.Code);
        StringAssert.Contains(added.Error, "passes through all the same");
        var explained = (await state.RunAsync(["explain", "claude", "bedrock-runtime.me-south-1.amazonaws.com/model"])).Out;
        StringAssert.Contains(explained, "is PASSED THROUGH: Proxy Pattern bedrock-runtime.*.amazonaws.com has Proxy Mode true. But");
        StringAssert.Contains(explained, "outside the names");
        Assert.IsFalse(explained.Contains("is recorded", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task A_failure_in_json_is_json()
    {
        using var state = new TemporaryState();
        var result = await state.RunAsync(["status", "--json"]);
        using var document = JsonDocument.Parse(result.Out);
        Assert.IsFalse(document.RootElement.GetProperty("ok").GetBoolean());
        StringAssert.Contains(document.RootElement.GetProperty("error").GetString(), "no agent answers");
    }

    [TestMethod]
    public async Task Help_shows_examples_and_exit_codes()
    {
        using var state = new TemporaryState();
        string[] withVerbs = ["patterns add", "domains ai list", "learned pin", "trust install", "service start", "config check"];
        foreach (var command in withVerbs.Concat(["run", "status", "tail", "explain", "patterns", "domains", "learned", "trust", "doctor", "enrol", "service", "config"]))
        {
            var result = await state.RunAsync([.. command.Split(' '), "--help"]);
            var help = result.Out;
            Assert.AreEqual(ExitCode.Done, result.Code, command);
            StringAssert.Contains(help, "Examples:", command);
            StringAssert.Contains(help, "aktodivert " + command, command);
            StringAssert.Contains(help, "3 the agent does not run", command);
        }
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task Explain_without_an_agent_shows_the_whole_order()
    {
        using var state = new TemporaryState();
        var result = await state.RunAsync(["explain", "claude", "api.anthropic.com/v1/messages"]);
        Assert.AreEqual(
            """
            claude is redirected as claude-code (shipped): name claude
            api.anthropic.com:443 is INTERCEPTED: .anthropic.com is an AI domain.
              1 built-in safety        no match
              2 proxy patterns         no match
              3 learned passthrough    no match
              4 chatty domains         no match
              5 AI domains             decides: .anthropic.com
              6 otherwise passthrough  not reached
            A call to /v1/messages is recorded.
            No agent runs here: this is what a start would put in force.

            """,
            result.Out);
    }

    [TestMethod]
    public async Task Changes_without_an_agent_are_kept_for_its_start()
    {
        using var state = new TemporaryState();
        Assert.AreEqual(ExitCode.Done, (await state.RunAsync(["patterns", "add", ".corp.example", "--mode", "false"])).Code);
        Assert.AreEqual(ExitCode.Done, (await state.RunAsync(["domains", "ai", "add", "mistral.example"])).Code);
        StringAssert.Contains((await state.RunAsync(["patterns", "list"])).Out, ".corp.example");
        var domains = JsonSerializer.Deserialize<string[]>((await state.RunAsync(["domains", "ai", "list", "--json"])).Out)!;
        Assert.Contains("mistral.example", domains);
        StringAssert.Contains((await state.RunAsync(["explain", "claude", "x.corp.example"])).Out, "2 proxy patterns         decides: .corp.example");
    }

    [TestMethod]
    public async Task A_process_outside_the_allow_list_is_said_to_go_direct()
    {
        using var state = new TemporaryState();
        var result = await state.RunAsync(["explain", "/usr/bin/some-tool", "api.openai.com"]);
        StringAssert.Contains(result.Out, "/usr/bin/some-tool is NOT redirected");
        StringAssert.Contains(result.Out, "would be INTERCEPTED");
    }
}
