using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AktoDivert.Capture;
using AktoDivert.Capture.Records;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Capture;

/// <summary>Makes exchanges as the taps do.</summary>
internal static class Exchanges
{
    public static DeviceIdentity Device { get; } = DeviceIdentity.Create("Win Laptop.7", "machine", "device-user");

    public static Exchange Post(
        string path = "/v1/messages", string body = "", string contentType = "application/json", string response = "", string responseType = "application/json",
        params (string Name, string Value)[] headers)
    {
        var exchange = Empty(ExchangeProtocol.Http11);
        Add(exchange.RequestHeaders, [(":method", "POST"), (":path", path), (":authority", "api.anthropic.com"), ("Content-Type", contentType), .. headers]);
        exchange.RequestBody.Append(Encoding.UTF8.GetBytes(body));
        Add(exchange.ResponseHeaders, [(":status", "200"), ("Content-Type", responseType)]);
        exchange.ResponseBody.Append(Encoding.UTF8.GetBytes(response));
        return exchange;
    }

    public static Exchange WebSocket(params (bool FromApp, string Text)[] messages)
    {
        var exchange = Empty(ExchangeProtocol.WebSocket);
        Add(exchange.RequestHeaders, [(":method", "GET"), (":path", "/v1/responses"), (":authority", "api.openai.com")]);
        exchange.StatusCode = 101;
        exchange.WebSocketTurn = 1;
        foreach (var (fromApp, text) in messages)
        {
            var message = exchange.AddMessage();
            (message.FromApp, message.IsText, message.Time) = (fromApp, true, exchange.Started);
            message.Payload.Append(Encoding.UTF8.GetBytes(text));
        }

        return exchange;
    }

    public static Exchange Empty(ExchangeProtocol protocol, Action<Exchange>? recycle = null)
    {
        var process = new ProcessIdentity { Pid = 4312, Name = "2.1.197", Path = "/home/alice/.local/share/claude/versions/2.1.197", AppId = "claude-code", UserName = "alice" };
        var flow = new Flow(new RedirectedFlow(77, new IPEndPoint(IPAddress.Parse("160.79.104.10"), 443), process), DateTimeOffset.UnixEpoch)
        {
            Class = ConnectionClass.Tls,
            ClientHello = new ClientHelloFacts("api.anthropic.com", [], true, false, "t13d1516h2_8daaf6152771_e5627efa2ab1"),
            Decision = new PolicyDecision(InterceptAction.Intercept, RuleSource.AiDomain, "anthropic.com", ""),
        };
        return new Exchange(recycle)
        {
            Flow = flow,
            StreamId = 1,
            Protocol = protocol,
            StatusCode = 200,
            Started = DateTimeOffset.FromUnixTimeMilliseconds(1_780_531_200_123),
        };
    }

    public static void Add(HeaderBlock block, params (string Name, string Value)[] fields)
    {
        foreach (var (name, value) in fields)
        {
            block.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>The exchange's record, read from the JSON that is sent.</summary>
    public static IngestRecord Record(Exchange exchange, CaptureOptions? options = null) =>
        JsonSerializer.Deserialize(Wire(exchange, options), WireJson.Default.IngestRecord)!;

    /// <summary>The JSON that is sent for an exchange.</summary>
    public static byte[] Wire(Exchange exchange, CaptureOptions? options = null)
    {
        using var builder = new RecordBuilder(options ?? new CaptureOptions(), Device, TimeProvider.System, new AgentCounters());
        return builder.Build(exchange).ToArray();
    }

    /// <summary>A header field's value as a record has it.</summary>
    public static string Text(ReadOnlySpan<byte> value) => Utf8.IsValid(value) ? Encoding.UTF8.GetString(value) : Encoding.Latin1.GetString(value);

    public static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
