using System.Collections;
using System.Reflection;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Tests.Guardrails.Calls;

[TestClass]
public sealed class AiCallTests
{
    private static readonly PropertyInfo[] Facts = typeof(AiCall).GetProperties();

    [TestMethod]
    public void A_cleared_call_knows_nothing_of_the_one_before()
    {
        var call = new AiCall();
        foreach (var fact in Facts)
        {
            Fill(call, fact);
        }

        call.Clear();
        var fresh = new AiCall();
        foreach (var fact in Facts)
        {
            var (expected, actual) = (fact.GetValue(fresh), fact.GetValue(call));
            if (expected is ICollection none)
            {
                Assert.AreEqual(none.Count, ((ICollection)actual!).Count, fact.Name);
            }
            else
            {
                Assert.AreEqual(expected, actual, fact.Name);
            }
        }
    }

    [TestMethod]
    public void Facts_that_are_described_again_are_those_of_the_call_now()
    {
        var call = new AiCall { Shape = "s" };
        call.AddTool("search");
        call.AddFinish("stop");
        call.AddAttachment("a.txt", "text/plain", 3);
        var facts = new AuditAiCall { Shape = "" };
        call.Describe(facts);
        Assert.AreEqual(("s", "search", "stop"), (facts.Shape, facts.ToolNames!.Single(), facts.FinishReasons!.Single()));
        Assert.AreEqual("a.txt", facts.Attachments!.Single().Name);

        call.Clear();
        call.Describe(facts);
        var fresh = new AuditAiCall { Shape = "" };
        new AiCall().Describe(fresh);
        Assert.AreEqual(fresh, facts);
    }

    private static void Fill(AiCall call, PropertyInfo fact)
    {
        switch (fact.GetValue(call))
        {
            case List<string> names:
                names.Add("x");
                break;
            case List<AuditAttachment> attachments:
                attachments.Add(new AuditAttachment("x", "x", 1));
                break;
            case List<TextPart> parts:
                parts.Add(new TextPart { Kind = TextKind.User });
                break;
            case List<(int, int, bool)> messages:
                messages.Add((1, 2, true));
                break;
            case string or null when fact.PropertyType == typeof(string):
                fact.SetValue(call, "x");
                break;
            case bool:
                fact.SetValue(call, true);
                break;
            case long or null when fact.PropertyType == typeof(long) || fact.PropertyType == typeof(long?):
                fact.SetValue(call, 7L);
                break;
            case null when fact.PropertyType == typeof(double?):
                fact.SetValue(call, 7d);
                break;
            default:
                Assert.Fail($"{fact.Name} is of a type that this test cannot fill");
                break;
        }
    }
}
