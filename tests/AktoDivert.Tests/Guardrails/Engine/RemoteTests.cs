using System.Text;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails.Remote;

namespace AktoDivert.Tests.Guardrails.Engine;

[TestClass]
public sealed class RemoteTests
{
    private const string Body = """{"messages":[{"role":"user","content":"old"},{"role":"assistant","content":"x"},{"role":"user","content":"new question"}]}""";

    [TestMethod]
    [DataRow("""{"data":{"guardrailsResult":{"Allowed":true}}}""", Verdict.Allow, null)]
    [DataRow("""{"data":{"guardrailsResult":{"Allowed":false,"Reason":"PII","behaviour":"block","Metadata":{"policy_name":"P"}}}}""", Verdict.Block, null)]
    [DataRow("""{"data":{"guardrailsResult":{"Allowed":false,"requestResult":{"allowed":false,"behaviour":"Warn"}}}}""", Verdict.Warn, null)]
    [DataRow("""{"allowed":false,"Behaviour":"alert"}""", Verdict.Alert, null)]
    [DataRow("""{"Allowed":false,"behaviour":"approval"}""", Verdict.Block, null)]
    [DataRow("""{"data":{"guardrailsResult":{"Allowed":true,"failOpen":true}}}""", Verdict.Allow, "could not judge")]
    [DataRow("""{"success":true}""", Verdict.Allow, "no verdict")]
    [DataRow("<html>", Verdict.Allow, "not JSON")]
    public void An_answer_of_the_service_is_read_in_all_its_forms(string json, Verdict verdict, string? reason)
    {
        var read = RemoteVerdict.Parse(Encoding.UTF8.GetBytes(json));
        Assert.AreEqual(verdict, read.Verdict);
        Assert.AreEqual(reason is null, read.Unchecked is null);
        StringAssert.Contains(read.Unchecked ?? "", reason ?? "");
    }

    [TestMethod]
    public async Task The_service_sees_what_is_new_and_its_verdict_is_carried_out()
    {
        var service = new FakeService(new RemoteVerdict(Verdict.Block, "PII detected", "P", null));
        var decision = await new GuardScene(service, Policy("open")).RequestAsync(Body);
        Assert.AreEqual("new question", service.Calls.Single().Prompt);
        Assert.IsTrue(decision.Blocks);
        Assert.AreEqual("P", decision.Findings.Single().Rule);
    }

    [TestMethod]
    public async Task Silence_is_unchecked_and_never_clean()
    {
        var service = new FakeService(RemoteVerdict.NotJudged("time-out"));
        var open = await new GuardScene(service, Policy("open")).RequestAsync(Body);
        Assert.AreEqual((false, "time-out"), (open.Blocks, open.Unchecked));
        Assert.IsTrue((await new GuardScene(service, Policy("closed")).RequestAsync(Body)).Blocks);
        Assert.IsNotNull((await new GuardScene(Policy("open")).RequestAsync(Body)).Unchecked, "no service at all");
    }

    private static GuardrailPolicy Policy(string onFailure) => new() { Name = "remote", Action = "block", OnFailure = onFailure, Detectors = [new() { Type = "remote" }] };

    /// <summary>Stands for Akto's service, which cannot be had here.</summary>
    private sealed class FakeService(RemoteVerdict verdict) : IRemoteEvaluation
    {
        public List<RemoteCall> Calls { get; } = [];

        public ValueTask<RemoteVerdict> EvaluateAsync(RemoteCall call, CancellationToken cancellation)
        {
            Calls.Add(call);
            return ValueTask.FromResult(verdict);
        }
    }
}
