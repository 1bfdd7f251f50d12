using AktoDivert.Agent.Hosting;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Tests.Agent.Control;

namespace AktoDivert.Tests.Agent.Hosting;

[TestClass]
public sealed class FlowLogTests
{
    [TestMethod]
    public void Flows_are_counted_by_decision_and_end()
    {
        var counters = new AgentCounters();
        var log = new FlowLog(counters);
        var flow = ControlServerTests.FlowOf(1);
        log.Classified(flow);
        flow.EndReason = ConnectionEndReason.AppRefusedCertificate;
        log.Ended(flow);
        Assert.AreEqual(1, counters["flow.intercept.ai-domain"]);
        Assert.AreEqual(1, counters["flow.ended.app-refused-certificate"]);
        Assert.AreEqual(1, counters["flow.ech.seen"]);
    }

    [TestMethod]
    public void The_last_thousand_are_kept_oldest_first_without_command_lines()
    {
        var log = new FlowLog(new AgentCounters());
        for (ulong id = 1; id <= FlowLog.Kept + 7; id++)
        {
            log.Classified(ControlServerTests.FlowOf(id));
        }

        var recent = log.Recent();
        Assert.HasCount(FlowLog.Kept, recent);
        Assert.AreEqual("8", recent[0].Id);
        Assert.AreEqual("1007", recent[^1].Id);
        Assert.IsFalse(recent[0].ToString().Contains("secret prompt", StringComparison.Ordinal));
    }

    [TestMethod]
    public void A_listener_that_never_reads_costs_the_oldest_records_and_nothing_else()
    {
        var counters = new AgentCounters();
        var log = new FlowLog(counters);
        using var slow = log.Subscribe();
        for (ulong id = 1; id <= 3000; id++)
        {
            log.Classified(ControlServerTests.FlowOf(id));
        }

        Assert.AreEqual(1024, slow.Records.Count);
        Assert.AreEqual(3000 - 1024, counters["agent.dropped.tail-slow"]);
    }
}
