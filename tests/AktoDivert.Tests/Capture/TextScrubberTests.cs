using AktoDivert.Capture.Scrub;

namespace AktoDivert.Tests.Capture;

/// <summary>Lines of a log and other text without structure, as diagnostics send them.</summary>
[TestClass]
public sealed class TextScrubberTests
{
    [TestMethod]
    [DataRow("proxy http://ada:hunter22@proxy.example:3128 refused", "proxy http://ada:[scrubbed]@proxy.example:3128 refused")]
    [DataRow("postgres://app:p@ss:w0rd@db/console", "postgres://app:[scrubbed]@db/console")]
    [DataRow("redis://:onlypassword@cache:6379", "redis://:[scrubbed]@cache:6379")]
    [DataRow("https://0123456789abcdef0123456789abcdef@sentry.example/42", "https://[scrubbed]@sentry.example/42")]
    [DataRow("GET /v1/models?key=abc123&alt=sse 200", "GET /v1/models?key=[scrubbed]&alt=sse 200")]
    [DataRow("https://x.example/cb?state=1&access_token=abc123", "https://x.example/cb?state=1&access_token=[scrubbed]")]
    [DataRow("https://x.example/cb#id_token=abc123", "https://x.example/cb#id_token=[scrubbed]")]
    [DataRow("Authorization: Digest username=ada, response=6629fae4", "Authorization: [scrubbed]")]
    [DataRow("sent proxy-authorization: Negotiate YIIB6w", "sent proxy-authorization: [scrubbed]")]
    [DataRow("Cookie: sid=abc; theme=dark\r\nAccept: */*", "Cookie: [scrubbed]\r\nAccept: */*")]
    [DataRow("set-cookie: sid=abc; HttpOnly", "set-cookie: [scrubbed]")]
    [DataRow("x-api-key: abc", "x-api-key: [scrubbed]")]
    [DataRow("header 'Bearer abcdefgh.ijkl'", "header 'Bearer [scrubbed]'")]
    [DataRow("key AKIAIOSFODNN7EXAMPLE", "key [scrubbed]")]
    [DataRow("{\"password\":\"hunter22\"", "{\"password\":\"[scrubbed]\"")]
    public void What_is_secret_is_taken_out_and_nothing_else(string text, string expected) => Assert.AreEqual(expected, TextScrubber.Scrub(text));

    [TestMethod]
    [DataRow("https://ada@example.com/repository.git")]
    [DataRow("https://example.com:8443/mail?to=ada@example.com")]
    [DataRow("[::1]:443 -> api.anthropic.com:443, rule AiDomain .anthropic.com")]
    [DataRow("Token: an ecosystem of tokens; password: ask the administrator")]
    [DataRow("x-request-id: 0123, content-type: application/json")]
    [DataRow("GET /v1/messages?beta=true 200")]
    public void What_is_not_secret_stays(string text) => Assert.AreEqual(text, TextScrubber.Scrub(text));
}
