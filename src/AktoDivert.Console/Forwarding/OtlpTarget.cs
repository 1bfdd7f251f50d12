using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Forwarding;

/// <summary>
/// Any OTLP/HTTP collector (OTLP 1.x, JSON encoding): a call becomes a span with the attributes of OpenTelemetry's conventions for generative AI,
/// a conversation a trace. Content stays here. OpenTelemetry's exporter only sends activities of its own process and does not tell when a
/// collector asks for patience, so the message is made here.
/// </summary>
internal sealed class OtlpTarget(ForwardOptions options, TimeProvider time) : ICallTarget, IDisposable
{
    private const int ClientKind = 3;
    private const int ErrorStatus = 2;
    /// <summary>Name of its place in the calls.</summary>
    public const string Place = "forward.otlp";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };
    private readonly Uri _address = new(options.Address.AbsoluteUri.TrimEnd('/') + "/v1/traces");

    /// <inheritdoc/>
    public string Name => Place;

    /// <inheritdoc/>
    public async Task<ForwardRefusal?> SendAsync(IReadOnlyList<(CallRow Call, CallContent? Content)> calls, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(Encode(calls.Select(c => c.Call)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
        if (options.Authorization is { } authorization)
        {
            request.Headers.TryAddWithoutValidation("authorization", authorization);
        }

        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return ForwardRefusal.Of(answer, time);
    }

    public void Dispose() => _client.Dispose();

    private static byte[] Encode(IEnumerable<CallRow> calls)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceSpans");
            foreach (var device in calls.GroupBy(c => (c.DeviceId, c.Device)))
            {
                json.WriteStartObject();
                json.WriteStartObject("resource");
                WriteAttributes(json, ("service.name", "aktodivert"), ("host.id", device.Key.DeviceId), ("host.name", device.Key.Device));
                json.WriteEndObject();
                json.WriteStartArray("scopeSpans");
                json.WriteStartObject();
                json.WriteStartArray("spans");
                foreach (var call in device)
                {
                    WriteSpan(json, call);
                }

                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteSpan(Utf8JsonWriter json, CallRow call)
    {
        json.WriteStartObject();
        json.WriteString("traceId", Hash(call.ConversationId.Length > 0 ? call.ConversationId : call.Id, 16));
        json.WriteString("spanId", Hash(call.Id, 8));
        json.WriteString("name", call.Model.Length > 0 ? $"chat {call.Model}" : $"{call.Method} {call.PathFamily}");
        json.WriteNumber("kind", ClientKind);
        json.WriteString("startTimeUnixNano", Nanoseconds(call.StartedMs));
        json.WriteString("endTimeUnixNano", Nanoseconds(call.StartedMs + (long)call.DurationMs));
        WriteAttributes(
            json, ("gen_ai.operation.name", call.Model.Length > 0 ? "chat" : ""), ("gen_ai.provider.name", call.Provider), ("gen_ai.request.model", call.Model),
            ("gen_ai.conversation.id", call.ConversationId), ("gen_ai.usage.input_tokens", call.InputTokens), ("gen_ai.usage.output_tokens", call.OutputTokens),
            ("gen_ai.usage.cache_read.input_tokens", call.CacheReadTokens), ("gen_ai.usage.cache_creation.input_tokens", call.CacheWriteTokens),
            ("http.request.method", call.Method), ("http.response.status_code", call.Status == 0 ? null : (long)call.Status), ("server.address", call.Host),
            ("url.path", call.Path), ("user.name", call.User), ("process.executable.name", call.Process), ("process.pid", (long)call.Pid),
            ("aktodivert.app", call.App), ("aktodivert.call.id", call.Id), ("aktodivert.rule", call.Rule),
            ("aktodivert.guard.verdict", call.Verdict.ToString().ToLowerInvariant()), ("aktodivert.guard.findings", (long)call.Findings));
        if (call.Status is 0 or >= 400)
        {
            json.WriteStartObject("status");
            json.WriteNumber("code", ErrorStatus);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter json, params (string Key, object? Value)[] attributes)
    {
        json.WriteStartArray("attributes");
        foreach (var (key, value) in attributes.Where(a => a.Value is not (null or "")))
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteStartObject("value");
            // 64-bit integers are strings in OTLP's JSON, as in Protobuf's.
            json.WriteString(value is long ? "intValue" : "stringValue", Convert.ToString(value, CultureInfo.InvariantCulture));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Hash(string text, int bytes) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));

    private static string Nanoseconds(long milliseconds) => (milliseconds * 1_000_000L).ToString(CultureInfo.InvariantCulture);
}
