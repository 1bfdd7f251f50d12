using AktoDivert.Lab.Check;
using AktoDivert.Lab.Clients;

namespace AktoDivert.Tests.Lab;

[TestClass]
public sealed class CheckJudgeTests
{
    private static readonly LabClient Curl = LabClients.Named("curl");
    private static readonly LabClient Chatty = LabClients.Named("chatty");
    private static readonly LabClient NotAllowed = LabClients.Named("not-allowed");
    private static readonly LabClient Expired = LabClients.Named("expired");
    private static readonly SeenFlow Intercepted = new() { Process = "curl", Action = "Intercept", Source = "AiDomain", Rule = "githubcopilot.com" };
    private static readonly SeenCall Recorded = new() { Process = "curl", Rule = "AiDomain githubcopilot.com" };

    [TestMethod]
    public void A_call_redirected_intercepted_equal_and_recorded_is_right()
    {
        var row = CheckJudge.Judge(Curl, Good(Curl), [Intercepted], Recorded);
        Assert.IsTrue(row.IsRight);
        Assert.AreEqual("Intercept, AiDomain githubcopilot.com", row.Decision.Seen);
    }

    [TestMethod]
    public void A_call_that_went_direct_is_wrong_for_a_listed_client_and_right_for_an_unlisted_one()
    {
        Assert.IsFalse(CheckJudge.Judge(Curl, Good(Curl), [], Recorded).Redirected.Right);
        Assert.IsTrue(CheckJudge.Judge(NotAllowed, Good(NotAllowed), [], null).IsRight);
        Assert.IsFalse(CheckJudge.Judge(NotAllowed, Good(NotAllowed), [Intercepted], null).Redirected.Right);
    }

    [TestMethod]
    public void One_flow_decided_otherwise_makes_the_decision_wrong()
    {
        var learned = Intercepted with { Action = "Passthrough", Source = "LearnedPassthrough" };
        Assert.IsFalse(CheckJudge.Judge(Curl, Good(Curl), [Intercepted, learned], Recorded).Decision.Right);
    }

    [TestMethod]
    public void A_chatty_call_must_pass_through_and_leave_no_record()
    {
        var passed = new SeenFlow { Process = "curl", Action = "Passthrough", Source = "ChattyDomain", Rule = "statsig.anthropic.com" };
        Assert.IsTrue(CheckJudge.Judge(Chatty, Good(Chatty), [passed], null).IsRight);
        Assert.IsFalse(CheckJudge.Judge(Chatty, Good(Chatty), [passed], Recorded).Recorded.Right);
    }

    [TestMethod]
    public void A_missing_record_or_one_of_another_process_or_rule_is_wrong()
    {
        Assert.IsFalse(CheckJudge.Judge(Curl, Good(Curl), [Intercepted], null).Recorded.Right);
        Assert.IsFalse(CheckJudge.Judge(Curl, Good(Curl), [Intercepted], Recorded with { Process = "node" }).Recorded.Right);
        Assert.IsFalse(CheckJudge.Judge(Curl, Good(Curl), [Intercepted], Recorded with { Rule = "ProxyPattern *" }).Recorded.Right);
    }

    [TestMethod]
    public void Different_bodies_are_wrong_and_say_why()
    {
        var row = CheckJudge.Judge(Curl, Good(Curl) with { Ok = false, BodiesEqual = false, Detail = "the server saw other bodies" }, [Intercepted], Recorded);
        Assert.IsFalse(row.Bodies.Right);
        Assert.AreEqual("the server saw other bodies", row.Bodies.Seen);
    }

    [TestMethod]
    public void A_refused_server_is_intercepted_and_not_recorded()
    {
        Assert.IsTrue(CheckJudge.Judge(Expired, Good(Expired), [Intercepted], null).IsRight);
    }

    private static CallResult Good(LabClient client) => new() { Client = client.Name, Call = "abc", Ok = true, BodiesEqual = true };
}
