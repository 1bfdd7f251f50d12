using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Export;

namespace AktoDivert.Tests.Guardrails.Export;

[TestClass]
public sealed class CallContentReaderTests
{
    private static readonly CallContentReader Reader = new();

    [TestMethod]
    public void A_conversation_with_tools_keeps_its_roles()
    {
        var content = Reader.Read(Record(
            "openai.chat",
            """
            {"model":"m","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Sum the file"},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"read","arguments":"{\"path\":\"a.txt\"}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"1 2 3"}]}
            """,
            """{"id":"r","choices":[{"index":0,"message":{"role":"assistant","content":"Six."},"finish_reason":"stop"}]}"""));
        Assert.AreEqual("""[{"type":"text","content":"Be kind."}]""", content.SystemInstructions);
        Assert.AreEqual(
            """[{"role":"user","parts":[{"type":"text","content":"Sum the file"}]},{"role":"assistant","parts":[{"type":"tool_call","name":"read","arguments":"{\"path\":\"a.txt\"}"}]},{"role":"tool","parts":[{"type":"tool_call_response","response":"1 2 3"}]}]""",
            content.InputMessages);
        Assert.AreEqual("""[{"role":"assistant","parts":[{"type":"text","content":"Six."}],"finish_reason":"stop"}]""", content.OutputMessages);
    }

    [TestMethod]
    public void Events_of_a_stream_without_a_final_message_are_one_text()
    {
        var content = Reader.Read(Record(
            "google.generate",
            """{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}""",
            """{"body":"{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Good \"}]}}]}\n{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"day\"}]}}]}","events":2}"""));
        StringAssert.Contains(content.OutputMessages, "\"Good day\"");
    }

    [TestMethod]
    public void Secrets_are_masked_also_where_a_text_is_cut()
    {
        const string Secret = "AKIA" + "Z3MSJV4WWXPK5RTQ";
        var filler = string.Concat(Enumerable.Repeat("word ", (CallContentReader.MostCharacters / 5) - 2));
        foreach (var text in new[] { $"key {Secret} end", $"key {Secret} " + filler })
        {
            var content = Reader.Read(Record("openai.chat", "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}", ""));
            Assert.IsNotNull(content.InputMessages);
            Assert.DoesNotContain("WXPK5RTQ", content.InputMessages);
            Assert.IsLessThan(CallContentReader.MostCharacters + 200, content.InputMessages.Length);
        }
    }

    [TestMethod]
    [DataRow("openai.chat", "", "")]
    [DataRow("openai.chat", "not JSON", "{\"choices\":")]
    [DataRow("openai.chat", "{\"messages\":[1,[],{\"role\":2}]}", "[[[")]
    [DataRow("any.json", "{\"prompt\":\"a prompt\"}", "{}")]
    [DataRow("anthropic.messages", "{\"system\":{},\"messages\":\"x\"}", "{\"body\":\"\",\"events\":0}")]
    public void What_was_not_understood_has_no_content(string shape, string request, string response) =>
        Assert.AreEqual(new CallContent(null, null, null), Reader.Read(Record(shape, request, response)));

    private static IngestRecord Record(string shape, string request, string response) => new()
    {
        Path = "/v1/x?a=b", Method = "POST", RequestHeaders = "{}", ResponseHeaders = "{}", RequestPayload = request, ResponsePayload = response, Ip = "ada",
        DestinationIp = "127.0.0.1", Time = "1", StatusCode = "200", Type = "HTTP/1.1", Status = "200", VxlanId = "d", Tag = "{}",
        Audit = new ExchangeAudit
        {
            Id = "1", Device = "laptop", Url = "https://gateway.test/v1/x", Sni = "gateway.test",
            Ai = new AuditAiCall { Shape = shape, ToolNames = ["read"], FinishReasons = ["stop"] },
        },
    };
}
