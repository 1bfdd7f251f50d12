using System.Globalization;
using AktoDivert.Core.Wire;

namespace AktoDivert.ConsoleLoad;

/// <summary>Records as agents upload them: 4 KB of JSON each, of many devices, apps, hosts and models, within the last 30 days. The same number gives the same record.</summary>
internal static class SampleRecords
{
    private static readonly (string App, string Process, string Host, string Path, string Model)[] Kinds =
    [
        ("claude-code", "claude", "api.anthropic.com", "/v1/messages?beta=true", "claude-sonnet-4-20250514"),
        ("codex", "codex", "api.openai.com", "/v1/responses", "gpt-5"),
        ("github-copilot", "node", "api.githubcopilot.com", "/chat/completions", "gpt-5-mini"),
        ("chatgpt-desktop", "ChatGPT", "chatgpt.com", "/backend-api/conversation", "gpt-5"),
        ("cursor", "cursor", "api2.cursor.sh", "/aiserver.v1.ChatService/StreamChat", "claude-opus-4-20250514"),
        ("gemini-cli", "node", "generativelanguage.googleapis.com", "/v1beta/models/gemini-2.5-pro:streamGenerateContent", "gemini-2.5-pro"),
    ];

    private static readonly string[] Words =
        "the build fails when parser reads a long line please explain how retry works with jitter and write tests for connection pool under load then refactor queue".Split(' ');

    public static IngestRecord Make(int number, long nowMs, int size = 4096)
    {
        var (app, process, host, path, model) = Kinds[number % Kinds.Length];
        var (device, user) = (number % 500, number % 300);
        var prompt = string.Join(' ', Enumerable.Range(0, 24).Select(i => Words[(number + (i * 7) + (number >> (i % 12))) % Words.Length]));
        var at = nowMs - ((long)number * 2_592_000_000L / 1_000_000 % 2_592_000_000L);
        var status = number % 50 == 0 ? "429" : "200";
        var record = new IngestRecord
        {
            Path = path,
            RequestHeaders = """{"host":"laptop.ai-agent.claude","content-type":"application/json","user-agent":"sample/1.0 (linux; x64)","accept":"text/event-stream"}""",
            ResponseHeaders = """{"content-type":"application/json","server":"cloudflare","request-id":"req_011CTTe4"}""",
            Method = "POST",
            RequestPayload = $$"""{"model":"{{model}}","max_tokens":1024,"messages":[{"role":"user","content":"{{prompt}} {{(number % 100_000 == 77 ? "needle" : "")}}"}]}""",
            ResponsePayload = "",
            Ip = $"user{user}",
            DestinationIp = "160.79.104.10",
            Time = (at / 1000).ToString(CultureInfo.InvariantCulture),
            StatusCode = status,
            Type = "HTTP/2",
            Status = status,
            VxlanId = $"laptop-{device}",
            Tag = """{"gen-ai":"Gen AI","ai-agent":"claude","source":"ENDPOINT"}""",
            Audit = new ExchangeAudit
            {
                Id = $"load-{number}",
                Device = $"laptop-{device}",
                User = $"user{user}",
                App = app,
                Process = process,
                ProcessPath = $"/opt/{process}/{process}",
                Pid = 1000 + (number % 5000),
                FlowId = $"f{number}",
                StreamId = 1,
                Sni = host,
                Url = $"https://{host}{path}",
                Destination = "160.79.104.10:443",
                Rule = "AiDomain .example",
                StartUnixMilliseconds = at,
                TimeToFirstByteMilliseconds = 100 + (number % 900),
                DurationMilliseconds = 500 + (number % 9000),
                RequestBytes = 800,
                ResponseBytes = 2400,
                End = "Complete",
                Ai = new AuditAiCall
                {
                    Shape = "anthropic.messages", Operation = "chat", Provider = "anthropic", RequestModel = model, InputTokens = number % 9000, OutputTokens = number % 700,
                    ConversationId = $"c{number / 8}",
                },
                Guard = new AuditGuard { Verdict = number % 200 == 0 ? "block" : "allow" },
            },
        };
        var text = string.Join(' ', Enumerable.Range(0, 300).Select(i => Words[(number + (i * 13) + (number >> (i % 15))) % Words.Length]));
        var room = size - record.RequestPayload.Length - 1500;
        return record with
        {
            ResponsePayload = $$$"""{"role":"assistant","content":[{"type":"text","text":"{{{text[..Math.Min(text.Length, Math.Max(room, 0))]}}}"}],"usage":{"input_tokens":{{{number % 9000}}},"output_tokens":{{{number % 700}}}}}""",
        };
    }
}
