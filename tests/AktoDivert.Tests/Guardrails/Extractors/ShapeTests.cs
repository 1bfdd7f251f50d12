using System.Text;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Tests.Guardrails.Extractors;

/// <summary>Each shape's request: which texts are what, and the call's facts.</summary>
[TestClass]
public sealed class ShapeTests
{
    [TestMethod]
    [DataRow("api.anthropic.com", "/v1/messages?beta=true", "anthropic.messages", "anthropic",
        """{"model":"M","system":[{"type":"text","text":"SYS"}],"messages":[{"role":"user","content":"U1"},{"role":"assistant","content":[{"type":"thinking","thinking":"NO","signature":"NOSIGNATURE"},{"type":"text","text":"A1"},{"type":"tool_use","name":"t","input":{"q":"TC"}}]},{"role":"user","content":[{"type":"tool_result","content":[{"type":"text","text":"TR"}]},{"type":"text","text":"U2"}]}]}""",
        "System:SYS User:U1- Assistant:A1- ToolCall:TC- ToolResult:TR User:U2")]
    [DataRow("claude.ai", "/api/organizations/o/chat_conversations/CONV/completion", "anthropic.claude_web", "anthropic",
        """{"prompt":"U1","model":"M","attachments":[{"file_name":"a.txt","file_type":"txt","file_size":3,"extracted_content":"FILE"}]}""", "User:U1 Attachment:FILE")]
    [DataRow("api.openai.com", "/v1/chat/completions", "openai.chat", "openai",
        """{"model":"M","messages":[{"role":"system","content":"SYS"},{"role":"user","content":[{"type":"text","text":"U1"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}]},{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":"TC"}}]},{"role":"tool","content":"TR"}]}""",
        "System:SYS User:U1- ToolCall:TC- ToolResult:TR")]
    [DataRow("acme.openai.azure.com", "/openai/deployments/M/chat/completions", "openai.chat", "azure.ai.openai", """{"messages":[{"role":"user","content":"U1"}]}""", "User:U1")]
    [DataRow("copilot-proxy.githubusercontent.com", "/v1/engines/M/completions", "openai.completions", "github_copilot", """{"prompt":"U1","suffix":"U2"}""", "User:U1 User:U2")]
    [DataRow("codestral.mistral.ai", "/v1/fim/completions", "openai.completions", "mistral_ai", """{"model":"M","prompt":"U1","suffix":"U2"}""", "User:U1 User:U2")]
    [DataRow("api.openai.com", "/v1/responses", "openai.responses", "openai",
        """{"model":"M","instructions":"SYS","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"U1"}]},{"type":"reasoning","encrypted_content":"NOTTHIS","summary":[]},{"type":"function_call","name":"f","arguments":"TC"},{"type":"function_call_output","output":"TR"}]}""",
        "System:SYS User:U1- ToolCall:TC- ToolResult:TR")]
    [DataRow("chatgpt.com", "/backend-api/codex/responses", "openai.codex", "openai", """{"type":"response.create","model":"M","input":"U1"}""", "User:U1")]
    [DataRow("chatgpt.com", "/backend-api/f/conversation", "openai.chatgpt_web", "openai", """{"model":"M","messages":[{"content":{"content_type":"text","parts":["U1"]}}]}""", "User:U1")]
    [DataRow("generativelanguage.googleapis.com", "/v1beta/models/M:streamGenerateContent", "google.generate", "gcp.gemini",
        """{"systemInstruction":{"parts":[{"text":"SYS"}]},"contents":[{"role":"user","parts":[{"text":"U1"},{"functionResponse":{"name":"f","response":{"r":"TR"}}}]}]}""", "System:SYS User:U1 ToolResult:TR")]
    [DataRow("cloudcode-pa.googleapis.com", "/v1internal:generateContent", "google.generate", "gcp.gemini", """{"model":"M","request":{"contents":[{"role":"user","parts":[{"text":"U1"}]}],"session_id":"CONV"}}""", "User:U1")]
    [DataRow("api.cohere.com", "/v2/chat", "cohere.chat", "cohere", """{"model":"M","messages":[{"role":"user","content":"U1"}]}""", "User:U1")]
    [DataRow("127.0.0.1", "/api/generate", "ollama.chat", "ollama", """{"model":"M","system":"SYS","prompt":"U1"}""", "System:SYS User:U1")]
    [DataRow("www.perplexity.ai", "/rest/sse/perplexity_ask", "perplexity.web", "perplexity", """{"query_str":"U1","params":{"dsl_query":"U2","model_preference":"M"}}""", "User:U1 User:U2")]
    [DataRow("copilot.microsoft.com", "/c/api/chat", "ms.copilot_ws", "microsoft_copilot", """{"event":"send","content":[{"type":"text","text":"U1"}]}""", "User:U1")]
    [DataRow("substrate.office.com", "/m365Copilot/Chathub", "ms.m365_signalr", "microsoft_copilot", "{\"type\":4,\"arguments\":[{\"message\":{\"text\":\"U1\"}}]}", "User:U1")]
    [DataRow("tools.example", "/rpc", "mcp.http", "", """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"t","arguments":{"a":"TC"}}}""", "ToolCall:TC")]
    [DataRow("bedrock-runtime.eu-west-1.amazonaws.com", "/model/M/converse", "bedrock", "aws.bedrock",
        """{"system":[{"text":"SYS"}],"messages":[{"role":"user","content":[{"text":"U1"},{"toolResult":{"content":[{"text":"TR"}]}}]}]}""", "System:SYS ToolResult:TR User:U1")]
    [DataRow("gateway.corp.example", "/llm", "openai.chat", "openai", """{"model":"M","messages":[{"role":"user","content":"U1"}]}""", "User:U1")]
    [DataRow("gateway.corp.example", "/llm", "openai.responses", "openai", """{"model":"M","input":"U1"}""", "User:U1")]
    [DataRow("gateway.corp.example", "/llm", "google.generate", "gcp.gen_ai", """{"contents":[{"parts":[{"text":"U1"}]}]}""", "User:U1")]
    public void Texts_and_facts_of_a_request(string host, string path, string shape, string provider, string body, string expected)
    {
        var (call, texts) = Read(host, path, "application/json", Encoding.UTF8.GetBytes(body));
        Assert.AreEqual(expected, string.Join(' ', texts));
        Assert.AreEqual((shape, provider), (call.Shape, call.Provider));
        Assert.AreEqual(body.Contains("\"M\"", StringComparison.Ordinal) || path.Contains("/M", StringComparison.Ordinal), call.RequestModel == "M");
        Assert.AreEqual((body + path).Contains("CONV", StringComparison.Ordinal) ? "CONV" : null, call.ConversationId);
        Assert.IsTrue(call.Request.All(part => shape == "bedrock" || part.CanRedact));
    }

    [TestMethod]
    public void Attachments_are_named_sized_and_read_where_they_are_text()
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes("the quarterly figures of the whole company, not published yet"));
        var (call, texts) = Read("api.anthropic.com", "/v1/messages", "application/json", Encoding.UTF8.GetBytes(
            $$$"""{"messages":[{"role":"user","content":[{"type":"document","title":"q.txt","source":{"type":"base64","media_type":"text/plain","data":"{{{text}}}"}}]}]}"""));
        Assert.AreEqual(new AuditAttachment("q.txt", "text/plain", text.Length / 4 * 3), call.Attachments.Single());
        StringAssert.StartsWith(texts.Single(), "Attachment:the quarterly figures");
        Assert.IsFalse(call.Request.Single(part => part.Kind == TextKind.Attachment).CanRedact);
    }

    [TestMethod]
    [DataRow("image", "", "png", "image/png", "file.png")]
    [DataRow("document", "\"name\":\"figures\",", "pdf", "application/pdf", "figures.pdf")]
    [DataRow("document", "\"name\":\"figures\",", "txt", "text/plain", "figures.txt")]
    public void Files_of_bedrock_are_known_by_their_format(string kind, string name, string format, string type, string expected)
    {
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes("the quarterly figures of the whole company, not published yet"));
        var (call, texts) = Read("bedrock-runtime.eu-west-1.amazonaws.com", "/model/M/converse", "application/json", Encoding.UTF8.GetBytes(
            "{\"messages\":[{\"role\":\"user\",\"content\":[{\"" + kind + "\":{" + name + "\"format\":\"" + format + "\",\"source\":{\"bytes\":\"" + text + "\"}}},{\"text\":\"U1\"}]}]}"));
        Assert.AreEqual(new AuditAttachment(expected, type, text.Length / 4 * 3), call.Attachments.Single());
        Assert.AreEqual(format == "txt", texts.Any(t => t.StartsWith("Attachment:the quarterly", StringComparison.Ordinal)), string.Join(' ', texts));
        Assert.Contains("User:U1", texts);
    }

    [TestMethod]
    public void Forms_multipart_and_protobuf_are_read_too()
    {
        var (_, form) = Read("x.example", "/", "application/x-www-form-urlencoded", "a=caf%C3%A9+1&b=two"u8.ToArray());
        Assert.AreEqual("Other:café 1 Other:two", string.Join(' ', form));
        var (upload, parts) = Read("x.example", "/", "multipart/form-data; boundary=\"b\"", "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\nContent-Type: text/plain\r\n\r\nFILE\r\n--b\r\nContent-Disposition: form-data; name=\"p\"\r\n\r\nPART\r\n--b--\r\n"u8.ToArray());
        Assert.AreEqual("Attachment:FILE Other:PART", string.Join(' ', parts));
        Assert.AreEqual(new AuditAttachment("n.txt", "text/plain", 4), upload.Attachments.Single());
        byte[] inner = [0x0a, 5, .. "hello"u8, 0x10, 1];
        var (cursor, strings) = Read("api2.cursor.sh", "/aiserver.v1.ChatService/StreamUnifiedChat", "application/proto", [0x0a, (byte)inner.Length, .. inner, 0x12, 7, .. "further"u8]);
        Assert.AreEqual("User:hello User:further", string.Join(' ', strings));
        Assert.AreEqual(("connect", "cursor", false), (cursor.Shape, cursor.Provider, cursor.Request[0].CanRedact));
    }

    [TestMethod]
    public void A_text_cut_at_every_byte_is_read_as_far_as_it_goes()
    {
        var body = """{"model":"m","messages":[{"role":"user","content":"one \u00e9 two"},{"role":"user","content":[{"type":"text","text":"three"}]}]}"""u8.ToArray();
        for (var length = 0; length <= body.Length; length++)
        {
            var call = new AiCall();
            CallExtractor.ReadRequest(new CallTarget("POST", "api.anthropic.com", "/v1/messages", ""), body.AsMemory(0, length), call);
            var seen = string.Concat(call.Request.Select(part => part.Text));
            Assert.AreEqual(length >= body.AsSpan().IndexOf("three"u8) + 5, seen.Contains("three", StringComparison.Ordinal), $"at {length}");
        }
    }

    [TestMethod]
    public void A_tree_is_bounded_whatever_comes()
    {
        var many = JsonTree.Parse(Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("0", JsonTree.MaximumNodes + 100)) + "]"));
        Assert.AreEqual(JsonTree.MaximumNodes, many.Count);
        Assert.IsFalse(many.IsComplete);
        Assert.AreEqual(-1, JsonTree.Parse(ReadOnlyMemory<byte>.Empty).Root);
    }

    private static (AiCall Call, List<string> Texts) Read(string host, string path, string type, byte[] body)
    {
        using var head = new HeaderBlock();
        head.Add(":method"u8, "POST"u8);
        head.Add(":path"u8, Encoding.ASCII.GetBytes(path));
        head.Add(":authority"u8, Encoding.ASCII.GetBytes(host + ":443"));
        head.Add("content-type"u8, Encoding.ASCII.GetBytes(type));
        var call = new AiCall();
        CallExtractor.ReadRequest(CallTarget.Of(head, ""), body, call);
        return (call, [.. call.Request.Where(part => part.Kind != TextKind.Other || type != "application/json").Select(part => $"{part.Kind}:{part.Text}{(part.IsNew ? "" : "-")}")]);
    }
}
