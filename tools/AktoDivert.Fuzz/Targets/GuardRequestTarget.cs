using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Extractors of requests: any body under every shape ends, its texts lie within it, and any part of a text can be found in the bytes.</summary>
internal sealed class GuardRequestTarget : IFuzzTarget
{
    private static readonly CallTarget[] Targets =
    [
        .. new[]
        {
            ("api.anthropic.com", "/v1/messages"), ("claude.ai", "/api/organizations/o/chat_conversations/c/completion"), ("api.openai.com", "/v1/chat/completions"),
            ("api.openai.com", "/v1/completions"), ("api.openai.com", "/v1/responses"), ("chatgpt.com", "/backend-api/codex/responses"),
            ("chatgpt.com", "/backend-api/conversation"), ("generativelanguage.googleapis.com", "/v1beta/models/m:generateContent"), ("api.cohere.com", "/v2/chat"),
            ("127.0.0.1", "/api/chat"), ("www.perplexity.ai", "/rest/sse/perplexity_ask"), ("copilot.microsoft.com", "/c/api/chat"),
            ("substrate.office.com", "/m365Copilot/Chathub"), ("bedrock-runtime.x.amazonaws.com", "/model/m/converse"), ("gateway.example", "/anything"),
        }.Select(t => new CallTarget("POST", t.Item1, t.Item2, "").With("content-type", "application/json")),
        new CallTarget("POST", "form.example", "/", "").With("content-type", "application/x-www-form-urlencoded"),
        new CallTarget("POST", "upload.example", "/", "").With("content-type", "multipart/form-data; boundary=b"),
        new CallTarget("POST", "api2.cursor.sh", "/aiserver.v1.S/M", "").With("content-type", "application/proto"),
    ];

    public string Name => "guard-request";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """{"model":"m","system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":[{"type":"text","text":"caf\u00e9 \"q\" 😀"},{"type":"tool_result","content":[{"type":"text","text":"r"}]}]},{"role":"assistant","content":"a"}]}"""u8.ToArray(),
        """{"model":"m","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"t"}]},{"type":"function_call","arguments":"{}"},{"type":"function_call_output","output":"o"}],"instructions":"i"}"""u8.ToArray(),
        """{"contents":[{"role":"user","parts":[{"text":"t"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}]}"""u8.ToArray(),
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":"b"}}}"""u8.ToArray(),
        "a=1%202&b=%C3%A9+x"u8.ToArray(),
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n\r\ntext\r\n--b--\r\n"u8.ToArray(),
        [0x0a, 0x05, .. "hello"u8, 0x12, 0x07, 0x0a, 0x05, .. "world"u8],
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        var body = input.ToArray();
        foreach (var target in Targets)
        {
            var call = new AiCall();
            CallExtractor.ReadRequest(target, body, call);
            foreach (var part in call.Request)
            {
                var text = part.Text;
                var (from, to) = CodedText.RawRange(part.Raw, part.Coding, text.Length / 3, text.Length * 2 / 3);
                if (from < 0 || to < from || to > part.Length || part.Where.Length == 0)
                {
                    throw new InvalidDataException($"{target.Path}: a place outside its text.");
                }

                if (CodedText.RawRange(part.Raw, part.Coding, 0, text.Length) != (0, part.Length))
                {
                    throw new InvalidDataException($"{target.Path}: a whole text does not cover its bytes.");
                }
            }

            call.ForgetTexts();
            call.Describe(new AuditAiCall { Shape = "" });
        }
    }
}
