using System.Text.Json;
using AktoDivert.Core.Content;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;

namespace AktoDivert.Capture.Records;

/// <summary>
/// Writes an exchange as an <see cref="IngestRecord"/> in JSON, member by member, straight from the captured bytes. A member is added here and
/// there together; a test reads the one as the other. Not thread-safe.
/// </summary>
internal sealed class RecordWriter(CaptureOptions options, DeviceIdentity device, TimeProvider time, AgentCounters counters) : IDisposable
{
    /// <summary>Bodies are not cut below this many bytes.</summary>
    public const int SmallestBody = 1024;

    private static readonly byte[] CleanGuard = JsonSerializer.SerializeToUtf8Bytes(JudgementRecord.CleanAudit, WireJson.Default.AuditGuard);

    private readonly BodyRenderer _bodies = new(options, counters);
    private readonly HeaderWriter _headers = new();
    private readonly PathScrubber _paths = new();
    private readonly Dictionary<string, string> _agents = new(StringComparer.Ordinal);
    private readonly WireObjectWriter _objects = new();

    /// <summary>Writes the record.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="pathRule">The path rule that applied to it, or empty.</param>
    /// <param name="id">The record's id.</param>
    /// <param name="limit">Most bytes of a body.</param>
    /// <param name="json">Receives it.</param>
    public void Write(Exchange exchange, string pathRule, Guid id, int limit, ByteBuffer json)
    {
        var process = exchange.Flow.Process;
        var agent = AgentOf(process.AppId.Length > 0 ? process.AppId : process.Name);
        var user = process.UserName.Length > 0 ? process.UserName : device.UserName;
        var call = new CallTarget(exchange, _paths);
        json.Append("{\"path\":\""u8);
        json.AppendEscaped(call.Path);
        WriteRequestHeaders(exchange, agent, call.Authority, json);
        json.Append("}\",\"responseHeaders\":\"{"u8);
        _headers.Write(exchange.ResponseHeaders, ofRequest: false, json);
        json.Append("}\",\"method\":\""u8);
        json.AppendEscaped(call.Method);
        json.Append("\",\"requestPayload\":\""u8);
        var missing = BodyRenderer.Join(
            exchange.Incomplete,
            exchange.RequestHeaders.IsTruncated || exchange.ResponseHeaders.IsTruncated ? "header fields cut" : null);
        missing = WriteBody(exchange, fromApp: true, limit, missing, json);
        json.Append("\",\"responsePayload\":\""u8);
        missing = WriteBody(exchange, fromApp: false, limit, missing, json);
        WriteText("\",\"ip\":\""u8, user, json);
        json.Append("\",\"destIp\":\""u8);
        json.AppendAddress(exchange.Flow.Destination.Address);
        json.Append("\",\"time\":\""u8);
        json.AppendNumber(exchange.Started.ToUnixTimeSeconds());
        json.Append("\",\"statusCode\":\""u8);
        json.AppendNumber(exchange.StatusCode);
        json.Append(exchange.Protocol switch
        {
            ExchangeProtocol.Http2 => "\",\"type\":\"HTTP/2\",\"status\":\""u8,
            ExchangeProtocol.WebSocket => "\",\"type\":\"WEBSOCKET\",\"status\":\""u8,
            _ => "\",\"type\":\"HTTP/1.1\",\"status\":\""u8,
        });
        json.AppendNumber(exchange.StatusCode);
        WriteText("\",\"akto_account_id\":\"1000000\",\"akto_vxlan_id\":\""u8, device.Label, json);
        json.Append("\",\"is_pending\":\"false\",\"source\":\"MIRRORING\",\"direction\":\"2\",\"process_id\":\""u8);
        json.AppendNumber(process.Pid);
        WriteText("\",\"tag\":\"{\\\"gen-ai\\\":\\\"Gen AI\\\",\\\"ai-agent\\\":\\\""u8, agent, json);
        json.Append("\\\",\\\"source\\\":\\\"ENDPOINT\\\"}\""u8);
        if (JudgementRecord.ToAkto(exchange.Judgement) is { } verdict)
        {
            WriteText(",\"_guardrail\":\""u8, verdict, json);
            json.Append("\""u8);
        }

        WriteAudit(exchange, pathRule, id, user, call, json);
        WriteOutcome(exchange, missing, limit, json);
        json.Append("}}"u8);
    }

    /// <summary>Gives its buffers back.</summary>
    public void Dispose()
    {
        _bodies.Dispose();
        _objects.Dispose();
    }

    private void WriteRequestHeaders(Exchange exchange, string agent, ReadOnlySpan<byte> authority, ByteBuffer json)
    {
        json.Append("\",\"requestHeaders\":\"{"u8);
        var start = json.Length;
        _headers.Write(exchange.RequestHeaders, ofRequest: true, json);
        WriteText(json.Length > start ? ",\\\"host\\\":\\\""u8 : "\\\"host\\\":\\\""u8, device.Label, json);
        WriteText(".ai-agent."u8, agent, json);
        json.Append("\\\",\\\"x-forwarded-host\\\":\\\""u8);
        json.AppendEscapedTwice(authority);
        json.Append("\\\""u8);
    }

    private string? WriteBody(Exchange exchange, bool fromApp, int limit, string? missing, ByteBuffer json)
    {
        var body = exchange.Protocol == ExchangeProtocol.WebSocket ? RenderTurn(exchange, fromApp, limit)
            : fromApp ? RenderBody(exchange.RequestBody, exchange.RequestHeaders, limit)
            : RenderBody(exchange.ResponseBody, exchange.ResponseHeaders, limit);
        if (body.IsPlain)
        {
            json.Append(body.Text.Span);
        }
        else
        {
            json.AppendEscaped(body.Text.Span);
        }

        return body.Missing is null ? missing : BodyRenderer.Join(missing, $"{(fromApp ? "request" : "response")}: {body.Missing}");
    }

    private RenderedBody RenderBody(CapturedBody body, HeaderBlock headers, int limit) => _bodies.Render(
        body, HeaderWriter.Find(headers, "content-type"u8), body.IsDecoded ? "" : BodyCodings.Of(headers), limit);

    private RenderedBody RenderTurn(Exchange exchange, bool fromApp, int limit)
    {
        var messages = exchange.Messages.FindAll(m => m.FromApp == fromApp);
        return messages.Count switch
        {
            0 => RenderedBody.Empty,
            1 => _bodies.Render(messages[0], limit),
            _ => _bodies.RenderStream(messages, limit),
        };
    }

    private void WriteAudit(Exchange exchange, string pathRule, Guid id, string user, in CallTarget call, ByteBuffer json)
    {
        var flow = exchange.Flow;
        json.Append(",\"aktodivert\":{\"id\":\""u8);
        id.TryFormat(json.GetSpan(32), out var written, "N");
        json.Advance(written);
        WriteText("\",\"device\":\""u8, device.Label, json);
        WriteText("\",\"user\":\""u8, user, json);
        WriteText("\",\"app\":\""u8, flow.Process.AppId, json);
        WriteText("\",\"process\":\""u8, flow.Process.Name, json);
        WriteText("\",\"path\":\""u8, flow.Process.Path, json);
        WriteNumber("\",\"pid\":"u8, flow.Process.Pid, json);
        json.Append(",\"flow\":\""u8);
        json.AppendNumber(flow.Id);
        WriteNumber("\",\"stream\":"u8, exchange.StreamId, json);
        WriteNumber(",\"turn\":"u8, exchange.WebSocketTurn, json);
        WriteText(",\"sni\":\""u8, flow.ClientHello?.ServerName, json);
        json.Append("\",\"url\":\"https://"u8);
        json.AppendEscaped(call.Authority);
        json.AppendEscaped(call.Path);
        json.Append("\",\"dest\":\""u8);
        json.AppendEndPoint(flow.Destination);
        WriteText("\",\"ja4\":\""u8, flow.ClientHello?.Ja4, json);
        json.Append("\",\"rule\":\""u8);
        if (flow.Decision is { } decision)
        {
            json.AppendEscaped(Enum.GetName(decision.Source));
        }

        var rule = pathRule.Length > 0 ? pathRule : flow.Decision?.Rule;
        if (!string.IsNullOrEmpty(rule))
        {
            WriteText(flow.Decision is null ? ""u8 : " "u8, rule, json);
        }
    }

    private void WriteOutcome(Exchange exchange, string? missing, int limit, ByteBuffer json)
    {
        WriteNumber("\",\"startMs\":"u8, exchange.Started.ToUnixTimeMilliseconds(), json);
        if (exchange.FirstByteTimestamp != 0)
        {
            json.Append(",\"ttfbMs\":"u8);
            json.AppendDecimal(TicksSince(exchange.StartTimestamp, exchange.FirstByteTimestamp), 4);
        }

        json.Append(",\"durationMs\":"u8);
        json.AppendDecimal(exchange.EndTimestamp == 0 ? 0 : TicksSince(exchange.StartTimestamp, exchange.EndTimestamp), 4);
        if (exchange.AddedTicks != 0)
        {
            json.Append(",\"addedUs\":"u8);
            json.AppendDecimal(TicksSince(0, exchange.AddedTicks), 1);
        }

        WriteNumber(",\"reqBytes\":"u8, exchange.RequestBody.TotalBytes + MessageBytes(exchange, fromApp: true), json);
        WriteNumber(",\"resBytes\":"u8, exchange.ResponseBody.TotalBytes + MessageBytes(exchange, fromApp: false), json);
        WriteText(",\"end\":\""u8, Enum.GetName(exchange.End), json);
        json.Append("\""u8);
        if (missing is not null)
        {
            WriteText(",\"incomplete\":\""u8, missing, json);
            json.Append("\""u8);
        }

        if (exchange.Protocol == ExchangeProtocol.WebSocket)
        {
            WriteMessages(exchange, limit, json);
        }

        if (exchange.Judgement.Call is { Length: > 0 } call)
        {
            json.Append(",\"ai\":"u8);
            json.Append(call.Span);
        }

        if (JudgementRecord.ToAudit(exchange.Judgement) is not { } guard)
        {
            return;
        }

        json.Append(",\"guard\":"u8);
        if (ReferenceEquals(guard, JudgementRecord.CleanAudit))
        {
            json.Append(CleanGuard);
        }
        else
        {
            _objects.Write(guard, WireJson.Default.AuditGuard, json);
        }
    }

    private void WriteMessages(Exchange exchange, int limit, ByteBuffer json)
    {
        // All messages of a turn share one body's limit; the first ones hold the prompt.
        var left = limit;
        json.Append(",\"messages\":["u8);
        for (var i = 0; i < exchange.Messages.Count; i++)
        {
            var message = exchange.Messages[i];
            json.Append(i > 0 ? ","u8 : ""u8);
            json.Append(message.FromApp ? "{\"up\":true,\"text\":\""u8 : "{\"up\":false,\"text\":\""u8);
            if (left > SmallestBody)
            {
                var text = _bodies.Render(message, left).Text;
                left -= text.Length;
                json.AppendEscaped(text.Span);
            }
            else
            {
                json.AppendEscaped($"...[cut {message.Payload.TotalBytes} bytes]");
            }

            WriteNumber("\",\"ms\":"u8, message.Time.ToUnixTimeMilliseconds(), json);
            json.Append("}"u8);
        }

        json.Append("]"u8);
    }

    private static void WriteText(ReadOnlySpan<byte> before, string? text, ByteBuffer json)
    {
        json.Append(before);
        json.AppendEscaped(text);
    }

    private static void WriteNumber(ReadOnlySpan<byte> before, long number, ByteBuffer json)
    {
        json.Append(before);
        json.AppendNumber(number);
    }

    // A handful of apps at a time; names that processes give themselves could be many.
    private string AgentOf(string app)
    {
        if (!_agents.TryGetValue(app, out var agent))
        {
            if (_agents.Count == 256)
            {
                _agents.Clear();
            }

            agent = _agents[app] = DeviceIdentity.Dashed(app);
        }

        return agent;
    }

    private long TicksSince(long start, long end) => time.GetElapsedTime(start, end).Ticks;

    private static long MessageBytes(Exchange exchange, bool fromApp)
    {
        long bytes = 0;
        foreach (var message in exchange.Messages)
        {
            bytes += message.FromApp == fromApp ? message.Payload.TotalBytes : 0;
        }

        return bytes;
    }
}
