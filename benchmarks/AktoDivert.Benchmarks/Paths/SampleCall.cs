using System.Net;
using System.Text;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>A call as the paths see it: 2 KB up, 1 KB down.</summary>
internal static class SampleCall
{
    /// <summary>The request's body.</summary>
    public static byte[] RequestBody { get; } = Encoding.ASCII.GetBytes(
        $$"""{"model":"claude-sonnet-4-5","max_tokens":1024,"messages":[{"role":"user","content":"{{Prose(1900)}}"}]}""");

    /// <summary>The response's body.</summary>
    public static byte[] ResponseBody { get; } = Encoding.ASCII.GetBytes(
        $$$"""{"id":"msg_01","type":"message","role":"assistant","content":[{"type":"text","text":"{{{Prose(850)}}}"}],"usage":{"input_tokens":500,"output_tokens":200}}""");

    /// <summary>The request over HTTP/1.1.</summary>
    public static byte[] Http1Request { get; } =
    [
        .. Encoding.ASCII.GetBytes(
            $"POST /v1/messages HTTP/1.1\r\nHost: api.anthropic.com\r\nContent-Type: application/json\r\nX-Api-Key: sk-ant-test\r\nanthropic-version: 2023-06-01\r\nUser-Agent: sdk/1.0\r\nContent-Length: {RequestBody.Length}\r\n\r\n"),
        .. RequestBody,
    ];

    /// <summary>The response over HTTP/1.1.</summary>
    public static byte[] Http1Response { get; } =
    [
        .. Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nrequest-id: req_0123456789\r\nContent-Length: {ResponseBody.Length}\r\n\r\n"),
        .. ResponseBody,
    ];

    /// <summary>Text without anything that a detector should find.</summary>
    public static string Prose(int length)
    {
        const string Sentence = "Please explain how a suspension bridge carries its load, and why the cables hang in that shape. ";
        return string.Concat(Enumerable.Repeat(Sentence, (length / Sentence.Length) + 1))[..length];
    }

    /// <summary>A flow.</summary>
    public static Flow Flow(string protocol) => new(
        new RedirectedFlow(1, new IPEndPoint(IPAddress.Loopback, 443), new ProcessIdentity { Pid = 1, Name = "claude", AppId = "claude-code", UserName = "u" }),
        DateTimeOffset.UnixEpoch)
    {
        NegotiatedProtocol = protocol,
        Decision = new PolicyDecision(InterceptAction.Intercept, RuleSource.AiDomain, "anthropic.com", "benchmark"),
    };

    /// <summary>A finished exchange.</summary>
    public static Exchange Exchange()
    {
        var exchange = new Exchange();
        Fill(exchange, Flow("http/1.1"));
        return exchange;
    }

    /// <summary>Fills an empty exchange, as a tap does.</summary>
    public static void Fill(Exchange exchange, Flow flow)
    {
        exchange.Flow = flow;
        exchange.Protocol = ExchangeProtocol.Http11;
        exchange.StatusCode = 200;
        exchange.Started = DateTimeOffset.UnixEpoch;
        exchange.RequestHeaders.Add(":method"u8, "POST"u8);
        exchange.RequestHeaders.Add(":authority"u8, "api.anthropic.com"u8);
        exchange.RequestHeaders.Add(":path"u8, "/v1/messages"u8);
        exchange.RequestHeaders.Add("content-type"u8, "application/json"u8);
        exchange.RequestHeaders.Add("x-api-key"u8, "sk-ant-test"u8);
        exchange.RequestHeaders.Add("user-agent"u8, "sdk/1.0"u8);
        exchange.ResponseHeaders.Add(":status"u8, "200"u8);
        exchange.ResponseHeaders.Add("content-type"u8, "application/json"u8);
        exchange.RequestBody.Limit = exchange.ResponseBody.Limit = 1 << 20;
        exchange.RequestBody.Append(RequestBody);
        exchange.ResponseBody.Append(ResponseBody);
    }
}
