using System.Globalization;
using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Forwarding;

/// <summary>An Akto data-ingestion service, behind which stands Kafka: <c>POST /api/ingestData</c>. Success is any 2xx, whatever the body says.</summary>
internal sealed class AktoTarget(ForwardOptions options, TimeProvider time) : ICallTarget, IDisposable
{
    /// <summary>Name of its place in the calls.</summary>
    public const string Place = "forward.akto";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };
    private readonly Uri _address = new(options.Address.AbsoluteUri.TrimEnd('/') + "/api/ingestData");

    /// <inheritdoc/>
    public string Name => Place;

    /// <inheritdoc/>
    public async Task<ForwardRefusal?> SendAsync(IReadOnlyList<(CallRow Call, CallContent? Content)> calls, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = JsonContent.Create(new IngestBatch([.. calls.Select(c => Record(c.Call, c.Content))]), WireJson.Default.IngestBatch),
        };
        if (options.Authorization is { } token)
        {
            // Akto's token goes raw, without a scheme.
            request.Headers.TryAddWithoutValidation("authorization", token);
        }

        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return ForwardRefusal.Of(answer, time);
    }

    public void Dispose() => _client.Dispose();

    private static IngestRecord Record(CallRow call, CallContent? content)
    {
        var status = call.Status.ToString(CultureInfo.InvariantCulture);
        return new IngestRecord
        {
            Path = call.Path,
            RequestHeaders = Headers(content?.RequestHeaders, call.Host),
            ResponseHeaders = Headers(content?.ResponseHeaders, null),
            Method = call.Method,
            RequestPayload = content?.RequestBody ?? "",
            ResponsePayload = content?.ResponseBody ?? "",
            Ip = call.User,
            DestinationIp = call.Destination,
            Time = (call.StartedMs / 1000).ToString(CultureInfo.InvariantCulture),
            StatusCode = status,
            Type = call.Protocol,
            Status = status,
            VxlanId = call.Device,
            ProcessId = call.Pid.ToString(CultureInfo.InvariantCulture),
            Tag = JsonSerializer.Serialize(
                new Dictionary<string, string> { ["gen-ai"] = "Gen AI", ["ai-agent"] = call.App, ["source"] = "ENDPOINT" }, WireJson.Default.DictionaryStringString),
            Guardrail = call.Verdict == Verdict.Allow
                ? null
                : JsonSerializer.Serialize(new GuardrailVerdict { Violated = true, Action = call.Verdict.ToString().ToLowerInvariant() }, WireJson.Default.GuardrailVerdict),
        };
    }

    // Akto names a collection by the header host, so there must be one.
    private static string Headers(IReadOnlyDictionary<string, string>? headers, string? host)
    {
        var map = headers is null ? [] : new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase);
        if (host is not null)
        {
            map.TryAdd("host", host);
        }

        return JsonSerializer.Serialize(map, WireJson.Default.DictionaryStringString);
    }
}
