using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AktoDivert.Capture.Scrub;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Capture;

/// <summary>One row for each shape in which a program sends a credential: the secret must be nowhere in the record.</summary>
[TestClass]
public sealed class CredentialShapeTests
{
    private const string Secret = "s3cr3tS3cr3tS3cr3tS3cr3t42";
    private const string Jwt = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ";

    [TestMethod]
    [DataRow("Authorization", "Bearer " + Secret)]
    [DataRow("authorization", "Basic " + Secret)]
    [DataRow("Proxy-Authorization", "Basic " + Secret)]
    [DataRow("Cookie", "sessionKey=" + Secret + "; a=b")]
    [DataRow("x-api-key", Secret)]
    [DataRow("api-key", Secret)]
    [DataRow("X-Goog-Api-Key", Secret)]
    [DataRow("x-amz-security-token", Secret)]
    [DataRow("Ocp-Apim-Subscription-Key", Secret)]
    [DataRow("x-github-token", Secret)]
    [DataRow("copilot-session-token", Secret)]
    [DataRow("openai-sentinel-chat-requirements-token", Secret)]
    [DataRow("openai-sentinel-proof-token", Secret)]
    [DataRow("x-csrf-token", Secret)]
    [DataRow("x-client-secret", Secret)]
    [DataRow("cf-access-jwt", Secret)]
    [DataRow("Referer", "https://x/?access_token=" + Secret)]
    [DataRow("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.sk-" + Secret)]
    [DataRow("x-unheard-of", Jwt)]
    [DataRow("x-unheard-of", "ghu_" + Secret)]
    public void Request_header(string name, string value) => AssertClean(Exchanges.Record(Exchanges.Post(headers: (name, value))));

    [TestMethod]
    [DataRow("Set-Cookie", "sid=" + Secret + "; HttpOnly")]
    [DataRow("Location", "https://x/cb?code=" + Secret + "&state=1")]
    [DataRow("Location", "https://x/cb?a=1#access_token=" + Secret)]
    [DataRow("Authentication-Info", Secret)]
    public void Response_header(string name, string value)
    {
        var exchange = Exchanges.Post();
        Exchanges.Add(exchange.ResponseHeaders, (name, value));
        AssertClean(Exchanges.Record(exchange));
    }

    [TestMethod]
    [DataRow("key")]
    [DataRow("api_key")]
    [DataRow("api-key")]
    [DataRow("apiKey")]
    [DataRow("access_token")]
    [DataRow("token")]
    [DataRow("sig")]
    [DataRow("signature")]
    [DataRow("code")]
    [DataRow("X-Amz-Signature")]
    [DataRow("X-Amz-Credential")]
    [DataRow("X-Amz-Security-Token")]
    [DataRow("client_secret")]
    [DataRow("subscription-key")]
    [DataRow("access%5Ftoken")]
    public void Query_parameter(string name) =>
        AssertClean(Exchanges.Record(Exchanges.Post($"/v1/x?alt=sse&{name}={Secret}&beta=true")), path: $"/v1/x?alt=sse&{name}=[scrubbed]&beta=true");

    [TestMethod]
    public void Key_in_the_path() => AssertClean(Exchanges.Record(Exchanges.Post($"/bot/sk-ant-{Secret}/send")));

    [TestMethod]
    [DataRow("access_token")]
    [DataRow("refresh_token")]
    [DataRow("id_token")]
    [DataRow("api_key")]
    [DataRow("apiKey")]
    [DataRow("openai_api_key")]
    [DataRow("client_secret")]
    [DataRow("password")]
    [DataRow("sessionKey")]
    [DataRow("session_token")]
    [DataRow("authorization")]
    [DataRow("private_key")]
    [DataRow("AWS_SECRET_ACCESS_KEY")]
    [DataRow("token")]
    [DataRow("secret")]
    [DataRow("\\u0061pi_key")]
    public void Json_member(string name) =>
        AssertBothBodiesClean("application/json", $$$"""{"a":[{"b":{"{{{name}}}": "{{{Secret}}}" , "n":1.50}}],"kept":"text"}""", $$$"""{"a":[{"b":{"{{{name}}}": "[scrubbed]" , "n":1.50}}],"kept":"text"}""");

    [TestMethod]
    public void Json_array_of_keys() =>
        AssertBothBodiesClean("application/json", $$"""{"api_keys":0,"api_key":["{{Secret}}",["{{Secret}}"]]}""", """{"api_keys":0,"api_key":["[scrubbed]",["[scrubbed]"]]}""");

    [TestMethod]
    public void Json_list_of_names_and_values() => AssertBothBodiesClean(
        "application/json",
        $$$"""[{"name":"Authorization","value":"Bearer {{{Secret}}}"},{"key":"http.request.header.x-api-key","value":{"stringValue":"{{{Secret}}}"}}]""",
        """[{"name":"Authorization","value":"[scrubbed]"},{"key":"http.request.header.x-api-key","value":{"stringValue":"[scrubbed]"}}]""");

    [TestMethod]
    public void Lines_of_json() => AssertBothBodiesClean(
        "application/x-ndjson", $$"""
            {"password":"{{Secret}}"}
            {"jwt":"{{Jwt}}"}

            """, """
            {"password":"[scrubbed]"}
            {"jwt":"[scrubbed]"}

            """);

    [TestMethod]
    public void Json_without_its_media_type() => AssertBothBodiesClean("text/plain", $$"""{"password":"{{Secret}}"}""", """{"password":"[scrubbed]"}""");

    [TestMethod]
    public void Json_cut_within_the_secret() => AssertBothBodiesClean("application/json", $$"""{"a":{"password":"{{Secret}}""", """{"a":{"password":"[scrubbed]"}}""");

    [TestMethod]
    public void Json_that_is_damaged() => AssertBothBodiesClean("text/plain", $$"""{"a":oops,"password":"{{Secret}}"}""", """{"a":oops,"password":"[scrubbed]"}""");

    [TestMethod]
    public void Json_that_is_too_deep()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 300));
        AssertBothBodiesClean("text/plain", $$"""{{deep}}{"password":"{{Secret}}"}""", $$"""{{deep}}{"password":"[scrubbed]"}""");
    }

    [TestMethod]
    public void Form_body() => AssertBothBodiesClean(
        "application/x-www-form-urlencoded",
        $"grant_type=refresh_token&refresh_token={Secret}&client_id=x&code={Secret}&client_secret={Secret}",
        "grant_type=refresh_token&refresh_token=[scrubbed]&client_id=x&code=[scrubbed]&client_secret=[scrubbed]");

    [TestMethod]
    public void Multipart_field() => AssertBothBodiesClean(
        "multipart/form-data; boundary=xyz",
        $"--xyz\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n{Secret}\r\n--xyz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--xyz--\r\n",
        "--xyz\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n[scrubbed]\r\n--xyz\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--xyz--\r\n");

    [TestMethod]
    public void Event_stream()
    {
        var record = Exchanges.Record(Exchanges.Post(response: $$"""data: {"access_token":"{{Secret}}"}""" + "\n\n", responseType: "text/event-stream"));
        AssertClean(record);
        Assert.AreEqual("""{"body":"{\"access_token\":\"[scrubbed]\"}","events":1}""", record.ResponsePayload);
    }

    [TestMethod]
    public void Tool_arguments_that_stream_in_pieces()
    {
        var record = Exchanges.Record(Exchanges.Post(
            response: $$$$"""
                data: {"type":"message_start","message":{"id":"m","content":[]}}

                data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"login","input":{}}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"pass"}}

                data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"word\":\"{{{{Secret}}}}\"}"}}

                data: {"type":"message_stop"}


                """, responseType: "text/event-stream"));
        AssertClean(record);
        StringAssert.Contains(record.ResponsePayload, "\"input\":{\"password\":\"[scrubbed]\"}");
    }

    [TestMethod]
    public void WebSocket_messages_in_both_directions()
    {
        var record = Exchanges.Record(Exchanges.WebSocket((true, $$"""{"api_key":"{{Secret}}"}"""), (false, $$"""{"id_token":"{{Secret}}"}"""), (false, $$"""{"refresh_token":"{{Secret}}"}""")));
        AssertClean(record);
        Assert.AreEqual("""{"api_key":"[scrubbed]"}""", record.RequestPayload);
        Assert.HasCount(3, record.Audit!.Messages!);
    }

    [TestMethod]
    public void Key_within_binary_content()
    {
        var record = Exchanges.Record(Exchanges.Post(body: "\u0001l" + "sk-ant-" + Secret + "\u0003", contentType: "application/grpc"));
        var bytes = Convert.FromBase64String(record.RequestPayload["base64:".Length..]);
        Assert.AreEqual("\u0001l" + new string('*', 7 + Secret.Length) + "\u0003", Encoding.UTF8.GetString(bytes));
    }

    [TestMethod]
    public void Keys_within_binary_content_are_found_as_in_the_whole()
    {
        string[] pieces = ["sk-ant-" + Secret, "sk-", "ghp_" + Secret, "x" + "gsk_" + Secret, "AKIA0123456789ABCDEF", "AKIA0123456789ABCDEFg", "tid=" + Secret + ";" + Secret + "\u00e4", Jwt, " ", "\u00a0", ",", "\"", "\0", "\u00ff", "-", "eyJ"];
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            var text = string.Concat(Enumerable.Range(0, 40).Select(_ => pieces[random.Next(pieces.Length)] + (random.Next(3) == 0 ? new string('.', random.Next(300)) : "")));
            var bytes = Encoding.Latin1.GetBytes(text);
            SecretShapes.MaskBinary(bytes);
            var masked = Encoding.Latin1.GetString(bytes);
            Assert.AreEqual(text.Length, masked.Length);
            Assert.AreEqual(
                Regex.Replace(SecretShapes.Replace(text), @"(\[scrubbed\])+", SecretShapes.Mark), Regex.Replace(masked, @"\*+", SecretShapes.Mark), $"round {round}");
        }
    }

    [TestMethod]
    public void Bearer_token_in_plain_text() => AssertBothBodiesClean("text/plain", $"curl -H 'Authorization: Bearer {Secret}'", "curl -H 'Authorization: Bearer [scrubbed]'");

    [TestMethod]
    [DataRow("""{"model":"m","max_tokens":4096,"messages":[{"role":"user","content":"my password is hunter2, token sk-none"}]}""")]
    [DataRow("""{"logprobs":{"content":[{"token":"Hello","logprob":-0.5,"bytes":[72]}]}}""")]
    [DataRow("""{"tools":[{"input_schema":{"properties":{"password":{"type":"string"},"api_key":{"type":"string"}},"required":["password"]}}]}""")]
    [DataRow("""{"error":{"code":"invalid_request_error"},"code":"x = 1 # source text 123","usage":{"input_tokens":1,"output_tokens":2}}""")]
    [DataRow("""{ "dup":1, "dup":2,"n":1e5,"s":"\u00e9\/","prompt_cache_key":"abc" }""")]
    public void What_is_no_credential_stays_byte_for_byte(string json) => Assert.AreEqual(json, Exchanges.Record(Exchanges.Post(body: json)).RequestPayload);

    private static void AssertBothBodiesClean(string contentType, string body, string expected)
    {
        var record = Exchanges.Record(Exchanges.Post(body: body, contentType: contentType, response: body, responseType: contentType));
        AssertClean(record);
        Assert.AreEqual(expected, record.RequestPayload);
        Assert.AreEqual(expected, record.ResponsePayload);
    }

    private static void AssertClean(IngestRecord record, string? path = null)
    {
        var wire = JsonSerializer.Serialize(record, WireJson.Default.IngestRecord);
        Assert.IsFalse(wire.Contains(Secret, StringComparison.Ordinal), wire);
        Assert.IsFalse(wire.Contains(Jwt, StringComparison.Ordinal), wire);
        StringAssert.Contains(wire, "[scrubbed]");
        Assert.AreEqual(path ?? record.Path, record.Path);
    }
}
