using System.Globalization;
using System.Text.Json;

namespace AktoDivert.Console.Calls.Export;

/// <summary>Calls as an HTTP archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/), written as they come.</summary>
internal sealed class HarWriter : IAsyncDisposable
{
    private readonly Utf8JsonWriter _json;

    /// <summary>Begins the archive.</summary>
    public HarWriter(Stream into)
    {
        _json = new Utf8JsonWriter(into, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartObject();
        _json.WriteStartObject("log");
        _json.WriteString("version", "1.2");
        _json.WriteStartObject("creator");
        _json.WriteString("name", "AktoDivert");
        _json.WriteString("version", typeof(HarWriter).Assembly.GetName().Version?.ToString(3) ?? "");
        _json.WriteEndObject();
        _json.WriteStartArray("entries");
    }

    /// <summary>Adds an entry.</summary>
    public async Task AddAsync(ExportedCall call, CancellationToken cancellation)
    {
        var row = call.Call;
        _json.WriteStartObject();
        _json.WriteString("startedDateTime", DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(row.StartedMs, 0, 253_402_300_799_000)));
        _json.WriteNumber("time", row.DurationMs);
        WriteRequest(call);
        WriteResponse(call);
        _json.WriteStartObject("cache");
        _json.WriteEndObject();
        var wait = Math.Clamp(row.TtfbMs ?? row.DurationMs, 0, row.DurationMs);
        _json.WriteStartObject("timings");
        _json.WriteNumber("send", 0);
        _json.WriteNumber("wait", wait);
        _json.WriteNumber("receive", row.DurationMs - wait);
        _json.WriteEndObject();
        _json.WriteString("serverIPAddress", row.Destination.Split(':')[0]);
        _json.WriteString("connection", row.Flow);
        _json.WriteString("comment", $"{row.App} {row.Process} (pid {row.Pid.ToString(CultureInfo.InvariantCulture)}) {row.User}@{row.Device}; {row.Rule}");
        WriteMessages(call);
        _json.WriteEndObject();
        await _json.FlushAsync(cancellation);
    }

    /// <summary>Ends the archive.</summary>
    public async ValueTask DisposeAsync()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.WriteEndObject();
        await _json.DisposeAsync();
    }

    private void WriteRequest(ExportedCall call)
    {
        _json.WriteStartObject("request");
        _json.WriteString("method", call.Call.Method);
        _json.WriteString("url", call.Url);
        _json.WriteString("httpVersion", call.Call.Protocol);
        WriteNone("cookies");
        WriteHeaders(call.RequestHeaders);
        WriteQuery(call.Url);
        if (call.RequestBody.Length > 0)
        {
            _json.WriteStartObject("postData");
            _json.WriteString("mimeType", MediaType(call.RequestHeaders));
            _json.WriteString("text", call.RequestBody);
            _json.WriteEndObject();
        }

        _json.WriteNumber("headersSize", -1);
        _json.WriteNumber("bodySize", call.Call.RequestBytes);
        _json.WriteEndObject();
    }

    private void WriteResponse(ExportedCall call)
    {
        _json.WriteStartObject("response");
        _json.WriteNumber("status", call.Call.Status);
        _json.WriteString("statusText", "");
        _json.WriteString("httpVersion", call.Call.Protocol);
        WriteNone("cookies");
        WriteHeaders(call.ResponseHeaders);
        _json.WriteStartObject("content");
        _json.WriteNumber("size", call.ResponseBody.Length);
        _json.WriteString("mimeType", MediaType(call.ResponseHeaders));
        _json.WriteString("text", call.ResponseBody);
        _json.WriteEndObject();
        _json.WriteString("redirectURL", "");
        _json.WriteNumber("headersSize", -1);
        _json.WriteNumber("bodySize", call.Call.ResponseBytes);
        _json.WriteEndObject();
    }

    // Not in the specification; browsers write WebSocket messages so and read them again.
    private void WriteMessages(ExportedCall call)
    {
        if (call.Messages.Count == 0)
        {
            return;
        }

        _json.WriteStartArray("_webSocketMessages");
        foreach (var message in call.Messages)
        {
            _json.WriteStartObject();
            _json.WriteString("type", message.FromApp ? "send" : "receive");
            _json.WriteNumber("time", message.UnixMilliseconds / 1000.0);
            _json.WriteNumber("opcode", 1);
            _json.WriteString("data", message.Text);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteHeaders(IReadOnlyDictionary<string, string> headers) => WritePairs("headers", headers);

    private void WriteQuery(string url) => WritePairs(
        "queryString",
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
            ? Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(uri.Query).SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? "")))
            : []);

    private void WritePairs(string name, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        _json.WriteStartArray(name);
        foreach (var (key, value) in pairs)
        {
            _json.WriteStartObject();
            _json.WriteString("name", key);
            _json.WriteString("value", value);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteNone(string name)
    {
        _json.WriteStartArray(name);
        _json.WriteEndArray();
    }

    private static string MediaType(IReadOnlyDictionary<string, string> headers) =>
        headers.GetValueOrDefault("content-type") ?? "application/octet-stream";
}
