using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>Upload records as the agent makes them.</summary>
internal static class Records
{
    public static IngestBatch Batch(params string[] ids) => new([.. ids.Select(i => Record(i))]);

    public static IngestRecord Record(string id, string host = "api.anthropic.com", string app = "claude-code") => new()
    {
        Path = "/v1/messages",
        RequestHeaders = $$"""{"host":"{{host}}","content-type":"application/json"}""",
        ResponseHeaders = """{"content-type":"application/json"}""",
        Method = "POST",
        RequestPayload = """{"model":"claude-sonnet-4","messages":[{"role":"user","content":"What is a monad?"}]}""",
        ResponsePayload = """{"role":"assistant","content":[{"type":"text","text":"A monoid in the category of endofunctors."}]}""",
        Ip = "alice",
        DestinationIp = "160.79.104.10",
        Time = "1780531200",
        StatusCode = "200",
        Type = "HTTP/2",
        Status = "200",
        VxlanId = "label-agent-1",
        Tag = """{"gen-ai":"Gen AI"}""",
        Audit = new ExchangeAudit
        {
            Id = id,
            Device = "label-agent-1",
            User = "alice",
            App = app,
            Process = "claude",
            ProcessPath = "/opt/claude/claude",
            Pid = 4312,
            FlowId = "f1",
            StreamId = 3,
            Sni = host,
            Url = $"https://{host}/v1/messages",
            Destination = "160.79.104.10:443",
            Rule = "AiDomain .anthropic.com",
            StartUnixMilliseconds = 1780531200123,
            TimeToFirstByteMilliseconds = 120.5,
            DurationMilliseconds = 900,
            RequestBytes = 86,
            ResponseBytes = 99,
            End = "Complete",
        },
    };
}
