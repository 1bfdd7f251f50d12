using AktoDivert.Core.Wire;

namespace AktoDivert.SystemTests.Console;

/// <summary>Records in the shapes that real clients produce, for the pages to show.</summary>
internal static class SampleCalls
{
    public static IngestBatch Batch() => new(
    [
        Record(
            "1", "claude-code", "claude", "api.anthropic.com", "/v1/messages?beta=true", "AiDomain .anthropic.com",
            """{"model":"claude-sonnet-4-20250514","system":"You are a helpful engineer.","messages":[{"role":"user","content":"What is a monad?"}]}""",
            """{"role":"assistant","content":[{"type":"text","text":"A monad is a monoid in the category of endofunctors.\n\nIn practice: a way to chain computations."}]}"""),
        Record(
            "2", "codex", "codex", "api.openai.com", "/v1/chat/completions", "AiDomain .openai.com",
            """{"model":"gpt-5","messages":[{"role":"user","content":"Name three prime numbers."}]}""",
            """{"choices":[{"message":{"role":"assistant","content":"2, 3 and 5."}}]}"""),
        Record(
            "3", "github-copilot", "node", "api.githubcopilot.com", "/chat/completions", "ProxyPattern *.githubcopilot.com",
            """{"model":"gpt-5-mini","messages":[{"role":"user","content":"Explain this function"}]}""",
            """{"error":{"message":"rate limited"}}""", "429"),
    ]);

    /// <summary>Calls with the prompts <c>Question FROM</c> and on.</summary>
    public static IngestBatch Questions(int from, int count) => new(
    [
        .. Enumerable.Range(from, count).Select(i => Record(
            $"question-{i}", "codex", "codex", "api.openai.com", "/v1/chat/completions", "AiDomain .openai.com",
            $$"""{"model":"gpt-5","messages":[{"role":"user","content":"Question {{i}}"}]}""",
            """{"choices":[{"message":{"role":"assistant","content":"No."}}]}""")),
    ]);

    public static ModuleHeartbeat Heartbeat() => new(new ModuleInfo
    {
        Id = "agent-1",
        Name = "alice-laptop",
        CurrentVersion = "0.1.0",
        StartedTs = 1780531200,
        LastHeartbeatReceived = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        AdditionalData = new ModuleAdditionalData
        {
            DeviceId = "alice-laptop",
            Os = "linux",
            Username = "alice",
            State = new DeviceState
            {
                Engine = "bpf",
                EngineState = "Active",
                SettingsVersion = 1,
                CaStores = ["Debian", "Java 17"],
                Counters = new Dictionary<string, long> { ["redirect.redirected"] = 1204, ["capture.dropped.ring-full"] = 0, ["redirect.denied.quic"] = 31 },
                Learned = [new("ChatGPT.exe", "ws.chatgpt.com", "The app refused our certificate (alert 48).", 1780531000, 1780617400, 2)],
            },
        },
    });

    private static IngestRecord Record(
        string id, string app, string process, string host, string path, string rule, string request, string response, string status = "200") => new()
        {
            Path = path,
            RequestHeaders = """{"content-type":"application/json","user-agent":"sample/1.0"}""",
            ResponseHeaders = """{"content-type":"application/json"}""",
            Method = "POST",
            RequestPayload = request,
            ResponsePayload = response,
            Ip = "alice",
            DestinationIp = "192.0.2.10",
            Time = "1780531200",
            StatusCode = status,
            Type = "HTTP/2",
            Status = status,
            VxlanId = "alice-laptop",
            Tag = "{}",
            Audit = new ExchangeAudit
            {
                Id = id,
                Device = "alice-laptop",
                User = "alice",
                App = app,
                Process = process,
                ProcessPath = $"/usr/local/bin/{process}",
                Pid = 4312,
                FlowId = "f" + id,
                StreamId = 1,
                Sni = host,
                Url = $"https://{host}{path}",
                Destination = "192.0.2.10:443",
                Ja4 = "t13d1516h2_8daaf6152771_02713d6af862",
                Rule = rule,
                StartUnixMilliseconds = 1780531200123,
                TimeToFirstByteMilliseconds = 120.5,
                DurationMilliseconds = 2315,
                AddedMicroseconds = 85,
                RequestBytes = request.Length,
                ResponseBytes = response.Length,
                End = "Complete",
            },
        };
}
