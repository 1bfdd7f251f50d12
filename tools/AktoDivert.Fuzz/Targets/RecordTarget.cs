using System.Net;
using System.Text.Json;
using AktoDivert.Capture;
using AktoDivert.Capture.Records;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;

namespace AktoDivert.Fuzz.Targets;

/// <summary>
/// Records: whatever the bytes of head and bodies are, the record must be JSON that reads as one, its headers an object of strings, and the
/// same when it is written again by a writer that knows the names already.
/// </summary>
internal sealed class RecordTarget : IFuzzTarget
{
    private static readonly CaptureOptions Options = new() { BodyLimit = 4096, InflatedLimit = 64 << 10 };

    private static readonly string[] Types =
        ["application/json", "text/plain", "text/event-stream", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "image/png", ""];

    private static readonly DeviceIdentity Device = DeviceIdentity.Create("fuzz", "machine", "u");

    public string Name => "record";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [0, .. "/v1/messages?beta=true\nx-api-key: sk-ant-0123456789abcdef\nAccept: a\naccept: \"b\\\n\n{\"model\":\"m\",\"api_key\":\"x\",\"t\":\"\\ud83d\\ude00\"}"u8],
        [1, .. "/\xff\nreferer: https://x/?code=1\nLocation: \xe9\n\nplain \"text\" \u0001"u8],
        [2, .. "/s\n\ndata: {\"type\":\"message_start\",\"message\":{\"content\":[]}}\n\ndata: x\n\n"u8],
        [3, .. "/f?key=v#token=w\nhost: h\n\na=b&password=c"u8],
        [4, .. "/m\n\n--a\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\nx\r\n--a--"u8],
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var exchange = Exchange(input[1..], Types[input[0] % Types.Length]);
        using var writer = new RecordWriter(Options, Device, TimeProvider.System, new AgentCounters());
        using var first = new Core.Content.ByteBuffer(int.MaxValue);
        using var second = new Core.Content.ByteBuffer(int.MaxValue);
        writer.Write(exchange, "", Guid.Empty, Options.BodyLimit, first);
        writer.Write(exchange, "", Guid.Empty, Options.BodyLimit, second);
        if (!first.Span.SequenceEqual(second.Span))
        {
            throw new InvalidDataException("The record differs when it is written again.");
        }

        var record = JsonSerializer.Deserialize(first.Span, WireJson.Default.IngestRecord)!;
        JsonSerializer.Deserialize(record.RequestHeaders, WireJson.Default.DictionaryStringString);
        JsonSerializer.Deserialize(record.ResponseHeaders, WireJson.Default.DictionaryStringString);
    }

    // A line with the path, lines of header fields, an empty line, the body: the same both ways.
    private static Exchange Exchange(ReadOnlySpan<byte> input, string type)
    {
        var process = new ProcessIdentity { Pid = 1, Name = "fuzz", AppId = "fuzz", UserName = "u" };
        var exchange = new Exchange { Flow = new Flow(new RedirectedFlow(1, new IPEndPoint(IPAddress.IPv6Loopback, 443), process), default), StatusCode = 200 };
        exchange.RequestHeaders.Add("content-type"u8, System.Text.Encoding.ASCII.GetBytes(type));
        exchange.ResponseHeaders.Add("content-type"u8, System.Text.Encoding.ASCII.GetBytes(type));
        exchange.RequestHeaders.Add(":path"u8, Line(ref input));
        while (Line(ref input) is { IsEmpty: false } line)
        {
            var colon = Math.Max(0, line.IndexOf(": "u8));
            exchange.RequestHeaders.Add(line[..colon], line[colon..].TrimStart(": "u8));
            exchange.ResponseHeaders.Add(line[..colon], line[colon..].TrimStart(": "u8));
        }

        exchange.RequestBody.Append(input);
        exchange.ResponseBody.Append(input);
        return exchange;
    }

    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> input)
    {
        var end = input.IndexOf((byte)'\n');
        var line = end < 0 ? input : input[..end];
        input = end < 0 ? default : input[(end + 1)..];
        return line;
    }
}
