using AktoDivert.Console.Calls;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class ChatTextTests
{
    [TestMethod]
    [DataRow("""{"messages":[{"role":"user","content":"hi"}]}""", "user: hi")]
    [DataRow("""{"system":"be kind","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}""", "system: be kind|user: a\nb")]
    [DataRow("""{"input":"hi"}""", "user: hi")]
    [DataRow("""{"instructions":"x","input":[{"role":"developer","content":[{"type":"input_text","text":"hi"}]}]}""", "system: x|developer: hi")]
    [DataRow("""{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""", "user: hi")]
    [DataRow("""{"prompt":"hi"}""", "user: hi")]
    [DataRow("""{"body":"{\"prompt\":\"hi\"}"}""", "user: hi")]
    [DataRow("""{"body":{"prompt":"hi"}}""", "user: hi")]
    [DataRow("""{"messages":[{"role":"user","content":[{"type":"tool_result","content":"4 files"}]}]}""", "tool: 4 files")]
    [DataRow("""{"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"ls","input":{"path":"/"}}]}]}""", "assistant: ls {\"path\":\"/\"}")]
    public void Prompts_of_the_common_shapes_are_read(string request, string expected) =>
        Assert.AreEqual(expected, Join(ChatText.Read(request, "", [])));

    [TestMethod]
    [DataRow("""{"role":"assistant","content":[{"type":"text","text":"yes"}]}""")]
    [DataRow("""{"choices":[{"message":{"role":"assistant","content":"yes"}}]}""")]
    [DataRow("""{"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"yes"}]}]}""")]
    [DataRow("""{"candidates":[{"content":{"parts":[{"text":"yes"}]}}]}""")]
    [DataRow("event: x\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"y\"}}\n\ndata: {\"delta\":{\"text\":\"es\"}}\n")]
    [DataRow("data: {\"choices\":[{\"delta\":{\"content\":\"y\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"es\"}}]}\n\ndata: [DONE]\n")]
    [DataRow("data: {\"type\":\"response.output_text.delta\",\"delta\":\"yes\"}\ndata: {\"type\":\"response.function_call_arguments.delta\",\"delta\":\"no\"}\n")]
    [DataRow("""{"body":"{\"type\":\"content_block_delta\",\"delta\":{\"text\":\"y\"}}\n{\"delta\":{\"text\":\"es\"}}\n{\"type\":\"message_stop\"}","events":3}""")]
    public void Answers_of_the_common_shapes_are_read(string response)
    {
        var turn = ChatText.Read("", response, []).Single();
        Assert.AreEqual(("assistant", "yes", true), (turn.Role, turn.Text, turn.IsAnswer));
    }

    [TestMethod]
    public void Web_socket_messages_are_read_both_ways()
    {
        AuditMessage[] messages =
        [
            new(true, """{"input":"hi"}""", 1),
            new(false, """{"type":"response.output_text.delta","delta":"ye"}""", 2),
            new(false, """{"type":"response.output_text.delta","delta":"s"}""", 3),
        ];

        Assert.AreEqual("user: hi|assistant: yes", Join(ChatText.Read("", "", messages)));
    }

    [TestMethod]
    public void A_web_socket_turn_whose_bodies_were_assembled_is_not_read_twice()
    {
        AuditMessage[] messages = [new(true, """{"input":"hi"}""", 1), new(false, """{"type":"response.output_text.delta","delta":"yes"}""", 2)];

        Assert.AreEqual(
            "user: hi|assistant: yes",
            Join(ChatText.Read("""{"input":"hi"}""", """{"output":[{"role":"assistant","content":[{"type":"output_text","text":"yes"}]}]}""", messages)));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("<html>")]
    [DataRow("{")]
    [DataRow("[1,2]")]
    [DataRow("{\"messages\":\"\\ud800\"}")]
    [DataRow("{\"messages\":[{\"role\":5,\"content\":{\"content\":{\"content\":null}}}]}")]
    public void What_is_no_chat_yields_at_most_its_text_and_never_throws(string body) =>
        Assert.IsLessThanOrEqualTo(1, ChatText.Read(body, "", []).Count);

    [TestMethod]
    public void Every_prefix_of_a_conversation_is_read_without_a_fault()
    {
        const string Body = "data: {\"delta\":{\"text\":\"\\u00e9\"}}\n{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"a\"}]}]}";
        for (var i = 0; i <= Body.Length; i++)
        {
            Assert.IsNotNull(ChatText.Read(Body[..i], Body[i..], []));
            Assert.IsTrue(ModelName.Find(Body[..i]) is null);
        }
    }

    [TestMethod]
    [DataRow("""{"messages":[{"model":"inner"}],"model":"gpt-5"}""", "gpt-5")]
    [DataRow("""{"messages":[{"model":"inner"}]}""", null)]
    [DataRow("""{"model":5}""", null)]
    [DataRow("""{"model":"gpt""", null)]
    [DataRow("model", null)]
    public void The_model_is_the_top_level_member(string body, string? expected) => Assert.AreEqual(expected, ModelName.Find(body));

    private static string Join(IEnumerable<ChatTurn> turns) => string.Join('|', turns.Select(t => $"{t.Role}: {t.Text}"));
}
