using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>What a call is refused for besides its texts, through a whole call: tools of the Model Context Protocol, files by type and size.</summary>
[TestClass]
public sealed class CallFactsTests
{
    private const string Reason = "Not this one.";

    [TestMethod]
    [DataRow("1.1", "delete_all", false)]
    [DataRow("1.1", "read_file", true)]
    [DataRow("1.1", "write_file", false)]
    [DataRow("2.0", "delete_all", false)]
    [DataRow("2.0", "read_file", true)]
    [DataRow("2.0", "write_file", false)]
    public async Task A_tool_of_mcp_is_called_only_where_it_is_allowed(string version, string tool, bool passes)
    {
        await using var run = await Run.StartAsync(version, new GuardrailDetector { Type = "mcp-tools", Allow = ["read_*", "delete_*"], Deny = ["delete_*"] });
        var (status, answer) = await run.PostAsync("/echo", Json(Call(7, tool)), ("mcp-protocol-version", "2025-11-25"));
        if (passes)
        {
            Assert.AreEqual(HttpStatusCode.OK, status);
            Assert.AreEqual(Call(7, tool), answer);
            return;
        }

        run.AssertNothingArrived();
        using var error = JsonDocument.Parse(answer);
        Assert.AreEqual(7, error.RootElement.GetProperty("id").GetInt32(), "the app finds its own request");
        Assert.AreEqual(Reason, error.RootElement.GetProperty("error").GetProperty("message").GetString());
    }

    [TestMethod]
    public async Task One_denied_tool_refuses_a_whole_batch_and_other_methods_pass()
    {
        await using var run = await Run.StartAsync("1.1", new GuardrailDetector { Type = "mcp-tools", Deny = ["delete_all"] });
        var (_, answer) = await run.PostAsync("/echo", Json($"[{Call(1, "read_file")},{Call(2, "delete_all")}]"));
        run.AssertNothingArrived();
        StringAssert.Contains(answer, Reason);
        const string List = """{"jsonrpc":"2.0","id":3,"method":"tools/list","params":{"name":"delete_all"}}""";
        Assert.AreEqual((HttpStatusCode.OK, List), await run.PostAsync("/echo", Json(List)));
    }

    [TestMethod]
    [DataRow("1.1", "application/pdf", 900, false)]
    [DataRow("1.1", "image/png", 900, true)]
    [DataRow("1.1", "image/png", 1200, false)]
    [DataRow("2.0", "application/pdf", 900, false)]
    [DataRow("2.0", "image/png", 900, true)]
    [DataRow("2.0", "image/png", 1200, false)]
    public async Task A_file_is_sent_only_of_an_allowed_type_and_size(string version, string type, int bytes, bool passes)
    {
        await using var run = await Run.StartAsync(version, new GuardrailDetector { Type = "attachments", Deny = ["application/pdf"], MaximumBytes = 1000 });
        var data = Convert.ToBase64String(Enumerable.Range(0, bytes).Select(static i => (byte)(i * 31)).ToArray());
        foreach (var body in new[]
        {
            $$$"""{"model":"m","messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"{{{type}}}","data":"{{{data}}}"}},{"type":"text","text":"see"}]}],"anthropic_version":"x"}""",
            $$$"""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:{{{type}}};base64,{{{data}}}"}},{"type":"text","text":"see"}]}]}""",
            $$$"""{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"{{{type}}}","data":"{{{data}}}"}},{"text":"see"}]}]}""",
        })
        {
            var (status, answer) = await run.PostAsync("/echo", Json(body));
            if (passes)
            {
                Assert.AreEqual((HttpStatusCode.OK, body), (status, answer));
            }
            else
            {
                run.AssertNothingArrived();
                Assert.AreEqual(HttpStatusCode.BadRequest, status, body[..60]);
                StringAssert.Contains(answer, Reason);
            }
        }
    }

    [TestMethod]
    [DataRow("report.PDF", 10, false)]
    [DataRow("report.txt", 10, true)]
    [DataRow("report.txt", 2000, false)]
    public async Task A_file_of_a_form_is_known_by_its_extension(string name, int bytes, bool passes)
    {
        await using var run = await Run.StartAsync("1.1", new GuardrailDetector { Type = "attachments", Deny = ["pdf"], MaximumBytes = 1000 });
        using var file = new ByteArrayContent(Encoding.ASCII.GetBytes(new string('x', bytes)));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        var (status, answer) = await run.PostAsync("/echo", new MultipartFormDataContent { { new StringContent("assistants"), "purpose" }, { file, "file", name } });
        Assert.AreEqual(passes ? HttpStatusCode.OK : HttpStatusCode.BadRequest, status);
        Assert.AreEqual(!passes, answer.Contains(Reason, StringComparison.Ordinal));
        if (!passes)
        {
            run.AssertNothingArrived();
        }
    }

    private static string Call(int id, string tool) => $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"arguments":{"path":"/tmp/a"},"name":"{{{tool}}}" }}""";

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private sealed class Run(GateUpstream upstream, ProxyUnderTest proxy, HttpClient client) : IAsyncDisposable
    {
        public static async Task<Run> StartAsync(string version, GuardrailDetector detector)
        {
            var guard = new PolicyGuard("test", [], null, new AgentCounters(), TimeProvider.System)
            {
                Policies = PolicyCompiler.Compile([new GuardrailPolicy { Name = "facts", Action = "block", Message = Reason, Detectors = [detector] }], out var errors),
            };
            Assert.IsEmpty(errors);
            var upstream = await GateUpstream.StartAsync(null);
            var proxy = await ProxyUnderTest.StartAsync(upstream.EndPoint, o => o with { Gate = GateRun.Patient }, guard: guard);
            return new Run(upstream, proxy, proxy.HttpClient(Version.Parse(version)));
        }

        public async Task<(HttpStatusCode Status, string Answer)> PostAsync(string path, HttpContent content, params (string Name, string Value)[] fields)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content, Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            foreach (var (name, value) in fields)
            {
                request.Headers.Add(name, value);
            }

            using var response = await client.SendAsync(request);
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }

        public void AssertNothingArrived() => Assert.AreEqual(0, upstream.Bodies);

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await proxy.DisposeAsync();
            await upstream.DisposeAsync();
        }
    }
}
