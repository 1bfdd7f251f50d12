using System.Text;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Guardrails.Engine;

/// <summary>An exchange's judge is used again: nothing of the exchange before is in what it says of the next.</summary>
[TestClass]
public sealed class ExchangeReuseTests
{
    private const string Rich =
        """{"model":"first","stream":true,"system":"be brief","messages":[{"role":"user","content":"it is ZEBRA-1234"}],"tools":[{"name":"t"}]}""";

    private const string RichAnswer =
        """{"id":"msg_1","model":"first-1","content":[{"type":"tool_use","name":"search","input":{"q":"x"}}],"stop_reason":"tool_use","usage":{"input_tokens":5,"output_tokens":7,"cache_read_input_tokens":3}}""";

    private const string Plain = """{"messages":[{"role":"user","content":"hello"}]}""";

    private const string PlainAnswer = """{"content":[{"type":"text","text":"hi there"}]}""";

    [TestMethod]
    public async Task What_is_said_of_an_exchange_does_not_depend_on_the_one_before()
    {
        var used = new GuardScene(GuardScene.Marker("redact"));
        var (first, facts) = await CallAsync(used, Rich, RichAnswer);
        Assert.AreEqual(Verdict.Redact, first.Verdict);
        Assert.AreEqual("search", facts!.ToolNames!.Single());

        var fresh = new GuardScene(GuardScene.Marker("redact"));
        var (expected, expectedFacts) = await CallAsync(fresh, Plain, PlainAnswer);
        var (actual, actualFacts) = await CallAsync(used, Plain, PlainAnswer);
        Assert.AreEqual(expected, actual);
        Assert.AreEqual(expectedFacts! with { TimeToFirstChunkSeconds = 0 }, actualFacts! with { TimeToFirstChunkSeconds = 0 });
    }

    [TestMethod]
    public void Two_exchanges_at_a_time_never_share_a_judge_even_if_one_is_ended_twice()
    {
        var scene = new GuardScene();
        var ended = scene.Begin();
        ended.Dispose();
        ended.Dispose();
        Assert.AreNotSame(scene.Begin(), scene.Begin());
    }

    private static async Task<(GuardDecision Decision, AuditAiCall? Facts)> CallAsync(GuardScene scene, string request, string answer)
    {
        using var exchange = scene.Begin();
        var decision = await exchange.JudgeRequestAsync(Encoding.UTF8.GetBytes(request), true, CancellationToken.None);
        using var head = new HeaderBlock();
        head.Add("content-type"u8, "application/json"u8);
        exchange.WantsResponse(200, head);
        exchange.JudgeResponse(Encoding.UTF8.GetBytes(answer));
        return (decision, exchange.Facts());
    }
}
