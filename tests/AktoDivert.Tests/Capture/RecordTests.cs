using System.IO.Compression;
using System.Text;
using System.Text.Json;
using AktoDivert.Capture;
using AktoDivert.Capture.Records;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Capture;

[TestClass]
public sealed class RecordTests
{
    [TestMethod]
    public void Wire_form_is_Aktos_by_the_byte()
    {
        var wire = Encoding.UTF8.GetString(Exchanges.Wire(Exchanges.Post(body: """{"body":"é \"x\""}""", response: """{"ok":true}""")));
        const string expected =
            """
            {"path":"/v1/messages","requestHeaders":"{\"content-type\":\"application/json\",\"host\":\"LABEL.ai-agent.claude-code\",\"x-forwarded-host\":\"api.anthropic.com\"}",
            "responseHeaders":"{\"content-type\":\"application/json\"}","method":"POST","requestPayload":"{\"body\":\"é \\\"x\\\"\"}","responsePayload":"{\"ok\":true}",
            "ip":"alice","destIp":"160.79.104.10","time":"1780531200","statusCode":"200","type":"HTTP/1.1","status":"200","akto_account_id":"1000000",
            "akto_vxlan_id":"LABEL","is_pending":"false","source":"MIRRORING","direction":"2","process_id":"4312",
            "tag":"{\"gen-ai\":\"Gen AI\",\"ai-agent\":\"claude-code\",\"source\":\"ENDPOINT\"}"
            """;
        Assert.AreEqual(expected.Replace("\n", "", StringComparison.Ordinal).Replace("LABEL", Exchanges.Device.Label, StringComparison.Ordinal), wire[..wire.IndexOf(",\"aktodivert\":", StringComparison.Ordinal)]);
    }

    [TestMethod]
    [DataRow("gzip, chunked", "")]
    [DataRow("chunked", "gzip")]
    [DataRow("GZIP", "identity")]
    public void A_coded_body_is_decoded_whichever_field_names_the_coding(string transfer, string content)
    {
        using var coded = new MemoryStream();
        using (var gzip = new GZipStream(coded, CompressionLevel.Fastest))
        {
            gzip.Write("""{"ok":true}"""u8);
        }

        var exchange = Exchanges.Post();
        exchange.ResponseBody.Append(coded.ToArray());
        Exchanges.Add(exchange.ResponseHeaders, ("Transfer-Encoding", transfer), ("Content-Encoding", content));
        var record = Exchanges.Record(exchange);
        Assert.AreEqual(("""{"ok":true}""", null), (record.ResponsePayload, record.Audit!.Incomplete));
    }

    [TestMethod]
    public void An_unknown_transfer_coding_is_told()
    {
        var exchange = Exchanges.Post(response: "x");
        Exchanges.Add(exchange.ResponseHeaders, ("Transfer-Encoding", "compress, chunked"));
        Assert.AreEqual("response: left as compressed: compress", Exchanges.Record(exchange).Audit!.Incomplete);
    }

    [TestMethod]
    public void Added_latency_is_in_microseconds_and_absent_when_not_measured()
    {
        var exchange = Exchanges.Post();
        Assert.IsNull(Exchanges.Record(exchange).Audit!.AddedMicroseconds);
        exchange.AddedTicks = TimeProvider.System.TimestampFrequency / 4_000;
        Assert.AreEqual(250.0, Exchanges.Record(exchange).Audit!.AddedMicroseconds);
    }

    [TestMethod]
    public void Audit_tells_who_where_and_by_which_rule()
    {
        var audit = Exchanges.Record(Exchanges.Post("/v1/messages?beta=true")).Audit!;
        Assert.AreEqual("AiDomain anthropic.com", audit.Rule);
        Assert.AreEqual("https://api.anthropic.com/v1/messages?beta=true", audit.Url);
        Assert.AreEqual("160.79.104.10:443", audit.Destination);
        Assert.AreEqual(("claude-code", 4312, "2.1.197", "alice"), (audit.App, audit.Pid, audit.Process, audit.User));
        Assert.AreEqual(1_780_531_200_123, audit.StartUnixMilliseconds);
        Assert.IsNull(audit.Incomplete);
    }

    [TestMethod]
    public void Repeated_header_fields_are_joined_and_pseudo_fields_left_out()
    {
        var headers = Exchanges.Json(Exchanges.Record(Exchanges.Post(headers: [("Accept", "a"), ("accept", "b")])).RequestHeaders);
        Assert.AreEqual("a, b", headers.GetProperty("accept").GetString());
        Assert.IsTrue(headers.EnumerateObject().All(f => f.Name[0] != ':' && f.Value.ValueKind == JsonValueKind.String));
    }

    [TestMethod]
    public void A_call_without_an_answer_has_status_0()
    {
        var exchange = Exchanges.Post();
        exchange.StatusCode = 0;
        exchange.End = ExchangeEnd.UpstreamAborted;
        var record = Exchanges.Record(exchange);
        Assert.AreEqual(("0", "0", "UpstreamAborted"), (record.StatusCode, record.Status, record.Audit!.End));
    }

    [TestMethod]
    public void A_body_cut_by_the_tap_stays_json_and_is_marked()
    {
        var exchange = Exchanges.Post();
        exchange.RequestBody.Limit = 64;
        exchange.RequestBody.Append(Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"user","content":"a very long prompt that goes on and on"}]}"""));
        var record = Exchanges.Record(exchange);
        StringAssert.EndsWith(Exchanges.Json(record.RequestPayload).GetProperty("messages")[0].GetProperty("content").GetString(), "...[cut]");
        StringAssert.Contains(record.Audit!.Incomplete, "request: kept 64 of");
    }

    [TestMethod]
    public void Text_that_only_claims_to_be_json_is_wrapped()
    {
        var payload = Exchanges.Record(Exchanges.Post(body: "{oops")).RequestPayload;
        Assert.AreEqual("{oops", Exchanges.Json(payload).GetProperty("body").GetString());
    }

    [TestMethod]
    public void A_record_is_shrunk_until_Kafka_takes_it()
    {
        // Escaped quotes double in a string within a string: two bodies at the limit exceed 4 MiB by far.
        var body = JsonSerializer.Serialize(new { text = new string('"', 900_000) });
        var exchange = Exchanges.Post(body: body, response: body);
        exchange.RequestBody.Limit = exchange.ResponseBody.Limit = 16 << 20;
        exchange.RequestBody.Append(Encoding.UTF8.GetBytes(body));
        exchange.ResponseBody.Append(Encoding.UTF8.GetBytes(body));
        var wire = Exchanges.Wire(exchange, new CaptureOptions { BodyLimit = 2 << 20 });
        Assert.IsLessThanOrEqualTo(RecordBuilder.MaxRecordBytes, wire.Length);
        Assert.IsGreaterThan(1 << 20, wire.Length);
        StringAssert.Contains(JsonSerializer.Deserialize(wire, WireJson.Default.IngestRecord)!.RequestPayload, "...[cut ");
    }

    [TestMethod]
    public void A_compressed_body_is_text_without_its_coding()
    {
        var exchange = Exchanges.Post(headers: ("Content-Encoding", "gzip"));
        exchange.RequestBody.Append(Gzip("""{"q":"hello"}"""));
        var record = Exchanges.Record(exchange);
        Assert.AreEqual("""{"q":"hello"}""", record.RequestPayload);
        Assert.IsFalse(record.RequestHeaders.Contains("content-encoding", StringComparison.Ordinal));
    }

    [TestMethod]
    public void A_damaged_compressed_body_is_recorded_as_far_as_it_goes()
    {
        var exchange = Exchanges.Post(contentType: "text/plain", headers: ("Content-Encoding", "gzip"));
        var body = Gzip(string.Concat(Enumerable.Range(0, 90_000).Select(i => $"{i * 7919} ")));
        body.AsSpan(body.Length / 2, 64).Fill(0xff);
        exchange.RequestBody.Append(body);
        var record = Exchanges.Record(exchange);
        StringAssert.StartsWith(record.RequestPayload, "0 7919 15838 ");
        StringAssert.Contains(record.Audit!.Incomplete, "ends early or is damaged");
    }

    [TestMethod]
    public void An_unknown_coding_is_recorded_as_it_is()
    {
        var record = Exchanges.Record(Exchanges.Post(body: "xyz", headers: ("Content-Encoding", "compress")));
        Assert.AreEqual("base64:" + Convert.ToBase64String("xyz"u8), record.RequestPayload);
        StringAssert.Contains(record.Audit!.Incomplete, "left as compressed: compress");
    }

    [TestMethod]
    public void Bytes_that_only_claim_to_be_text_are_recorded_as_binary()
    {
        var exchange = Exchanges.Post(contentType: "text/plain");
        exchange.RequestBody.Append([0xff, 0xfe, 0x00, 0x41]);
        Assert.AreEqual("base64://4AQQ==", Exchanges.Record(exchange).RequestPayload);
    }

    [TestMethod]
    public void A_WebSocket_turn_shows_the_prompt_and_the_whole_answer()
    {
        var record = Exchanges.Record(Exchanges.WebSocket(
            (true, """{"type":"response.create","input":"hi"}"""),
            (false, """{"type":"response.output_text.delta","output_index":0,"delta":"Hel"}"""),
            (false, """{"type":"response.output_text.delta","output_index":0,"delta":"lo"}"""),
            (false, """{"type":"response.completed","response":{"id":"r","output":[],"usage":{"output_tokens":2}}}""")));
        Assert.AreEqual(("WEBSOCKET", "101"), (record.Type, record.StatusCode));
        Assert.AreEqual("""{"type":"response.create","input":"hi"}""", record.RequestPayload);
        var answer = Exchanges.Json(record.ResponsePayload);
        Assert.AreEqual("Hello", answer.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.AreEqual(2, answer.GetProperty("usage").GetProperty("output_tokens").GetInt32());
        Assert.HasCount(4, record.Audit!.Messages!);
        Assert.IsNull(record.Audit.Incomplete);
    }

    private static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}
