using System.Text;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Extractors;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>One request read into an AI call that is used again and again, by family of API shapes.</summary>
internal abstract class ExtractPath : HotPath
{
    private readonly CallTarget _target;
    private readonly byte[] _body;
    private readonly AiCall _call = new();

    private ExtractPath(string host, string path, string body, string type = "application/json") =>
        (_target, _body) = (new CallTarget("POST", host, path, "").With("content-type", type), Encoding.UTF8.GetBytes(body));

    /// <inheritdoc />
    public override void Run()
    {
        CallExtractor.ReadRequest(_target, _body, _call);
        if (_call.Request.Count == 0)
        {
            throw new InvalidOperationException("no text was found in the call");
        }

        _call.Clear();
    }

    /// <summary>Anthropic.</summary>
    internal sealed class Anthropic() : ExtractPath("api.anthropic.com", "/v1/messages", """{"model":"m","system":[{"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":[{"type":"text","text":"caf\u00e9 and tea"},{"type":"tool_result","content":[{"type":"text","text":"3 files"}]}]}]}""")
    {
        /// <inheritdoc />
        public override string Name => "extract-anthropic";
    }

    /// <summary>OpenAI's chat completions, the shape that most gateways speak.</summary>
    internal sealed class Chat() : ExtractPath("api.openai.com", "/v1/chat/completions", """{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"caf\u00e9 and tea"}]}""")
    {
        /// <inheritdoc />
        public override string Name => "extract-openai-chat";
    }

    /// <summary>OpenAI's responses.</summary>
    internal sealed class Responses() : ExtractPath("api.openai.com", "/v1/responses", """{"model":"m","instructions":"Be brief.","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"tea"}]},{"type":"function_call_output","output":"3 files"}]}""")
    {
        /// <inheritdoc />
        public override string Name => "extract-openai-responses";
    }

    /// <summary>Google.</summary>
    internal sealed class Google() : ExtractPath("generativelanguage.googleapis.com", "/v1beta/models/m:generateContent", """{"contents":[{"role":"user","parts":[{"text":"tea"}]}],"systemInstruction":{"parts":[{"text":"Be brief."}]}}""")
    {
        /// <inheritdoc />
        public override string Name => "extract-google";
    }

    /// <summary>The Model Context Protocol.</summary>
    internal sealed class Mcp() : ExtractPath("mcp.example", "/mcp", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":"tea"}}}""")
    {
        /// <inheritdoc />
        public override string Name => "extract-mcp";
    }

    /// <summary>A form.</summary>
    internal sealed class Form() : ExtractPath("form.example", "/", "a=green%20tea&b=%C3%A9+x", "application/x-www-form-urlencoded")
    {
        /// <inheritdoc />
        public override string Name => "extract-form";
    }

    /// <summary>Protobuf without a schema.</summary>
    internal sealed class Protobuf() : ExtractPath("api2.cursor.sh", "/aiserver.v1.S/M", "\u000a\u0009green tea\u0012\u0009\u000a\u0007and tea", "application/proto")
    {
        /// <inheritdoc />
        public override string Name => "extract-protobuf";
    }
}
