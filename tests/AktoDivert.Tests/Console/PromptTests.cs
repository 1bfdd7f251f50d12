using AktoDivert.Console.Calls;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class PromptTests
{
    [TestMethod]
    [DataRow("""{"messages":[{"role":"user","content":"first"},{"role":"assistant","content":"x"},{"role":"user","content":"last"},{"role":"system","content":"s"}]}""", "last")]
    [DataRow("""{"messages":[{"role":"user","content":[{"type":"text","text":"<system-reminder>\nmore\n</system-reminder>"},{"type":"text","text":"ask\n  me"}]}]}""", "ask me")]
    [DataRow("""{"input":[{"role":"user","content":[{"type":"input_text","text":"ask"}]},{"role":"user","content":[{"type":"input_text","text":"<environment_context>x</environment_context>"}]}]}""", "ask")]
    [DataRow("""{"messages":[{"role":"user","content":"ask"},{"role":"user","content":[{"type":"tool_result","content":"4 files"}]}]}""", "ask")]
    [DataRow("""{"messages":[{"role":"user","content":"<system-reminder>only</system-reminder>"}]}""", "<system-reminder>only</system-reminder>")]
    [DataRow("""{"messages":[{"role":"assistant","content":"x"}]}""", "")]
    [DataRow("", "")]
    public void The_line_is_what_the_person_wrote_last(string request, string expected) =>
        Assert.AreEqual(expected, Prompt.Line(ChatText.Read(request, "", [])));

    [TestMethod]
    public void A_long_prompt_is_cut()
    {
        var line = Prompt.Line([new ChatTurn("user", new string('a', 5000), IsAnswer: false)]);

        Assert.AreEqual(Prompt.Longest, line.Length);
        StringAssert.EndsWith(line, "…");
    }

    [TestMethod]
    [Timeout(20_000)]
    public void Openings_without_an_end_cost_no_more_than_their_length() =>
        Assert.IsNotEmpty(Prompt.Words(string.Concat(Enumerable.Repeat("<system-reminder>", 100_000))));
}
