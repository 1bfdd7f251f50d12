using System.Text;
using System.Text.Json;
using AktoDivert.Capture;
using AktoDivert.Capture.Records;
using AktoDivert.Core.Content;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Capture;

/// <summary>The record that is written from bytes to bytes, read back and compared with one that is made in the plainest way.</summary>
[TestClass]
public sealed class RecordWriterTests : IDisposable
{
    private static readonly string[] Names =
        ["accept", "Accept", "X-Api-Key", "x-api-key", "referer", "Location", "host", "x-forwarded-host", "content-encoding", "x-é", "user-agent", "", "x-q\"\\"];

    private static readonly string[] Texts =
    [
        "", "plain", "\"quoted\"", "back\\slash", "\t\b\f\u0001\u007f", "é\u2028\ufeff", "😀😀", "sk-ant-0123456789abcdef0123", "https://x/?code=abcdef&a=1#token=x",
        "eyJ", "a very long text that is longer than any vector, with a \" in it and \\ and \n, and goes on for a while",
    ];

    private readonly RecordBuilder _builder = new(new CaptureOptions(), Exchanges.Device, TimeProvider.System, new AgentCounters());

    public void Dispose() => _builder.Dispose();

    [TestMethod]
    public void Heads_of_any_bytes_are_as_the_plainest_way_has_them()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var exchange = Exchanges.Empty(ExchangeProtocol.Http11);
            exchange.RequestHeaders.Add(":path"u8, Bytes(random, "/v1/x"));
            for (var i = random.Next(12); i > 0; i--)
            {
                exchange.RequestHeaders.Add(Encoding.Latin1.GetBytes(Names[random.Next(Names.Length)]), Bytes(random));
                exchange.ResponseHeaders.Add(Encoding.Latin1.GetBytes(Names[random.Next(Names.Length)]), Bytes(random));
            }

            var record = Read(exchange);
            var host = exchange.RequestHeaders.Find("host"u8, out _);
            (string, string)[] own =
            [
                ("host", $"{Exchanges.Device.Label}.ai-agent.claude-code"),
                ("x-forwarded-host", host.IsEmpty ? "api.anthropic.com" : Exchanges.Text(host)),
            ];
            Assert.AreEqual(ReferenceRecord.Headers(exchange.RequestHeaders, own), ReferenceRecord.Sorted(record.RequestHeaders));
            Assert.AreEqual(ReferenceRecord.Headers(exchange.ResponseHeaders), ReferenceRecord.Sorted(record.ResponseHeaders));
            Assert.AreEqual(ReferenceRecord.Path(exchange.RequestHeaders.Find(":path"u8, out _)), record.Path);
        }
    }

    [TestMethod]
    public void Bodies_are_as_the_plainest_way_has_them()
    {
        var random = new Random(2);
        for (var round = 0; round < 2000; round++)
        {
            var exchange = Exchanges.Post(contentType: "text/plain", responseType: "application/json");
            exchange.RequestBody.Append(Bytes(random));
            exchange.ResponseBody.Append(Json(random));
            var record = Read(exchange);
            Assert.AreEqual(ReferenceRecord.Body(exchange.RequestBody.Kept.Span), record.RequestPayload);
            Assert.AreEqual(ReferenceRecord.Body(exchange.ResponseBody.Kept.Span), record.ResponsePayload);
        }
    }

    [TestMethod]
    public void Every_byte_is_escaped_as_JSON_demands_at_every_place()
    {
        for (var value = 0; value < 0x80; value++)
        {
            for (var place = 0; place < 40; place++)
            {
                var text = new string('a', place) + (char)value + new string('b', 40 - place);
                using var json = new ByteBuffer(int.MaxValue);
                json.Append("\""u8);
                json.AppendEscaped(text);
                json.Append("\""u8);
                Assert.AreEqual(text, JsonSerializer.Deserialize<string>(json.Span));
            }
        }
    }

    [TestMethod]
    public void A_text_of_nothing_but_escapes_passes_any_border()
    {
        foreach (var length in new[] { 4095, 4096, 4097, 100_000 })
        {
            var text = new string('\u0001', length);
            using var json = new ByteBuffer(int.MaxValue);
            json.Append("\""u8);
            json.AppendEscaped(Encoding.UTF8.GetBytes(text));
            json.Append("\""u8);
            Assert.AreEqual(text, JsonSerializer.Deserialize<string>(json.Span));
        }
    }

    [TestMethod]
    public void Half_a_surrogate_pair_becomes_a_replacement_character_and_pairs_are_never_split()
    {
        foreach (var text in new[] { "\ud800x", "x\udc00", new string('x', 127) + "😀", string.Concat(Enumerable.Repeat("😀", 500)) })
        {
            using var json = new ByteBuffer(int.MaxValue);
            json.Append("\""u8);
            json.AppendEscaped(text);
            json.Append("\""u8);
            Assert.AreEqual(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), JsonSerializer.Deserialize<string>(json.Span));
        }
    }

    [TestMethod]
    [DataRow(0L, 4, "0")]
    [DataRow(1L, 4, "0.0001")]
    [DataRow(12_500L, 4, "1.25")]
    [DataRow(-12_500L, 4, "-1.25")]
    [DataRow(100_000L, 4, "10")]
    [DataRow(2505L, 1, "250.5")]
    public void Decimals_have_no_needless_zeros(long units, int decimals, string expected)
    {
        using var json = new ByteBuffer(int.MaxValue);
        json.AppendDecimal(units, decimals);
        Assert.AreEqual(expected, Encoding.ASCII.GetString(json.Span));
    }

    [TestMethod]
    public void A_clean_call_costs_no_garbage()
    {
        var exchange = Exchanges.Post("/v1/messages?beta=true", body: $$"""{"a":"{{new string('x', 2000)}}"}""", response: """{"ok":true}""", headers: ("Authorization", "Bearer x"));
        long least = long.MaxValue;
        for (var round = 0; round < 50; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _builder.Build(exchange);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.AreEqual(0, least);
    }

    [TestMethod]
    public void More_names_than_a_writer_remembers_change_nothing()
    {
        for (var round = 0; round < 8; round++)
        {
            var exchange = Exchanges.Post();
            for (var i = 0; i < 250; i++)
            {
                Exchanges.Add(exchange.ResponseHeaders, ($"X-{round}-{i}", "a"), ($"x-{round}-{i}", "b"));
            }

            Assert.AreEqual(ReferenceRecord.Headers(exchange.ResponseHeaders), ReferenceRecord.Sorted(Read(exchange).ResponseHeaders));
        }
    }

    private IngestRecord Read(Exchange exchange) => JsonSerializer.Deserialize(_builder.Build(exchange), WireJson.Default.IngestRecord)!;

    private static byte[] Bytes(Random random, string start = "")
    {
        var text = start + string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => Texts[random.Next(Texts.Length)]));
        return random.Next(8) == 0 ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
    }

    private static byte[] Json(Random random)
    {
        var members = Enumerable.Range(0, random.Next(5)).Select(i =>
            $"\"{(random.Next(3) == 0 ? "api_key" : $"m{i}")}\": {JsonSerializer.Serialize($"{i}{Texts[random.Next(Texts.Length)]}")}");
        return Encoding.UTF8.GetBytes($"{{ {string.Join(" , ", members)} }}");
    }
}
