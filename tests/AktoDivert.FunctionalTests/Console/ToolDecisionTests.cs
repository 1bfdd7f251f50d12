using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Console.SignIn;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>Decisions about MCP servers and tools: what the inventory shows, and what reaches the devices.</summary>
[TestClass]
public sealed class ToolDecisionTests
{
    private const string Offering = """{"model":"m","tools":[{"name":"Bash"},{"name":"mcp__github__create_issue"},{"name":"mcp__github__get_issue"}],"messages":[]}""";

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task A_denied_server_and_an_allowed_tool_reach_devices_as_a_policy_and_go_back_with_history(bool onPostgres)
    {
        await using var console = onPostgres ? await RunningConsole.StartOnPostgresAsync() : await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        await UploadAsync(device, Records.Record("r1") with { RequestPayload = Offering });
        var until = DateTimeOffset.UtcNow.AddDays(7);

        var before = await DecideAsync(admin, new { server = "github", state = "Denied", reason = "not reviewed" });
        await DecideAsync(admin, new { server = "github", tool = "get_issue", state = "Allowed", reason = "read only", until });

        var tools = (await ToolsAsync(admin)).ToDictionary(t => t.GetProperty("tool").GetString()!);
        Assert.AreEqual(("Undecided", true), (State(tools["create_issue"]), tools["create_issue"].GetProperty("isDenied").GetBoolean()));
        Assert.AreEqual(("Allowed", false), (State(tools["get_issue"]), tools["get_issue"].GetProperty("isDenied").GetBoolean()));
        Assert.AreEqual("read only", tools["get_issue"].GetProperty("decision").GetProperty("reason").GetString());
        Assert.IsFalse(tools["Bash"].GetProperty("isDenied").GetBoolean());
        var offered = (await admin.GetFromJsonAsync<JsonElement>("api/admin/calls/r1", Cancellation)).GetProperty("offeredTools").EnumerateArray();
        Assert.AreEqual("create_issue True, Bash False, get_issue False", string.Join(", ", offered.Select(t => $"{t.GetProperty("tool").GetString()} {t.GetProperty("isDenied").GetBoolean()}")));
        var server = (await admin.GetFromJsonAsync<JsonElement>("api/admin/inventory/servers", Cancellation)).EnumerateArray().Single();
        Assert.AreEqual(("github", 2, "Denied"), (server.GetProperty("server").GetString(), server.GetProperty("tools").GetInt32(), State(server)));

        var policy = (await SettingsAsync(device)).GetProperty("guardrails").EnumerateArray().Single();
        Assert.AreEqual(("block", true), (policy.GetProperty("action").GetString(), policy.GetProperty("enabled").GetBoolean()));
        Assert.AreEqual("mcp__github__*", policy.GetProperty("detectors")[0].GetProperty("deny").EnumerateArray().Single().GetString());
        var exception = policy.GetProperty("exceptions").EnumerateArray().Single();
        Assert.AreEqual(("tool", "mcp__github__get_issue", until.UtcDateTime), (
            exception.GetProperty("kind").GetString(), exception.GetProperty("value").GetString(), exception.GetProperty("expires").GetDateTimeOffset().UtcDateTime));

        var log = (await admin.GetFromJsonAsync<JsonElement>("api/admin/audit?action=tool.", Cancellation)).EnumerateArray().Select(a => a.GetProperty("target").GetString()).ToArray();
        Assert.HasCount(2, log);
        Assert.AreEqual("github (all tools) Denied: not reviewed", log[1]);
        (await admin.PostAsync($"api/admin/history/{before}/roll-back", null, Cancellation)).EnsureSuccessStatusCode().Dispose();
        Assert.AreEqual("Undecided", State((await ToolsAsync(admin)).Single(t => t.GetProperty("tool").GetString() == "get_issue")));
    }

    [TestMethod]
    public async Task A_policy_that_denies_nothing_any_more_is_off_and_one_that_a_person_switched_off_stays_off()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        await DecideAsync(admin, new { server = "github", tool = "create_issue", state = "Denied" });
        await DecideAsync(admin, new { server = "github", tool = "create_issue", state = "Allowed" });
        Assert.IsFalse((await PolicyAsync(admin)).GetProperty("enabled").GetBoolean());

        await DecideAsync(admin, new { server = "jira", state = "Denied" });
        var policy = await PolicyAsync(admin);
        Assert.IsTrue(policy.GetProperty("enabled").GetBoolean());
        var (id, name, document) = (policy.GetProperty("id").GetString(), policy.GetProperty("name").GetString(), policy.GetProperty("document"));
        (await admin.PutAsJsonAsync($"api/admin/guardrails/{id}", new { name, enabled = false, document }, Cancellation)).EnsureSuccessStatusCode().Dispose();
        await DecideAsync(admin, new { server = "confluence", state = "Denied" });
        Assert.IsFalse((await PolicyAsync(admin)).GetProperty("enabled").GetBoolean());
    }

    [TestMethod]
    [DataRow("""{"server":"","state":"Denied"}""", "1 to 255")]
    [DataRow("""{"server":"git*","state":"Denied"}""", "*")]
    [DataRow("""{"server":"a__b","state":"Denied"}""", "__")]
    [DataRow("""{"server":"a","state":"Allowed","until":"2020-01-01T00:00:00Z"}""", "past")]
    [DataRow("""{"server":"a","state":"Denied","until":"2090-01-01T00:00:00Z"}""", "allowance")]
    public async Task A_decision_that_makes_no_sense_is_refused_with_the_reason(string body, string expected)
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var answer = await admin.PutAsync("api/admin/inventory/tools", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Cancellation);
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        StringAssert.Contains(JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("errors").GetProperty("tool")[0].GetString(), expected);
    }

    [TestMethod]
    public async Task Tools_that_a_server_lists_over_HTTP_stand_under_its_host()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        await UploadAsync(
            device,
            Mcp("r1", "tools/list", null, "event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"read_file\"},{\"name\":\"delete_file\"}]}}\n\n"),
            Mcp("r2", "tools/call", "read_file", """{"jsonrpc":"2.0","id":2,"result":{"content":[]}}"""));

        var tools = (await ToolsAsync(admin)).Select(t => (t.GetProperty("server").GetString(), t.GetProperty("tool").GetString(), t.GetProperty("called").GetInt32())).ToArray();
        CollectionAssert.AreEqual(new[] { ("mcp.example.com", "delete_file", 0), ("mcp.example.com", "read_file", 1) }, tools);
    }

    private static IngestRecord Mcp(string id, string method, string? tool, string response)
    {
        var record = Records.Record(id, "mcp.example.com");
        return record with
        {
            RequestPayload = $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}"}""",
            ResponsePayload = response,
            Audit = record.Audit! with { Ai = new AuditAiCall { Shape = "mcp.http", McpMethod = method, ToolNames = tool is null ? null : [tool] } },
        };
    }

    private static string? State(JsonElement entry) => entry.GetProperty("decision").GetProperty("state").GetString();

    private async Task UploadAsync(HttpClient device, params IngestRecord[] records)
    {
        using var answer = await device.PostAsJsonAsync("api/ingestData", new IngestBatch(records), WireJson.Default.IngestBatch, Cancellation);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<long> DecideAsync(HttpClient admin, object choice)
    {
        using var answer = await admin.PutAsJsonAsync("api/admin/inventory/tools", choice, Cancellation);
        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("version").GetInt64();
    }

    private async Task<IEnumerable<JsonElement>> ToolsAsync(HttpClient admin) =>
        (await admin.GetFromJsonAsync<JsonElement>("api/admin/inventory/tools", Cancellation)).EnumerateArray();

    private async Task<JsonElement> PolicyAsync(HttpClient admin) =>
        (await admin.GetFromJsonAsync<JsonElement>("api/admin/guardrails", Cancellation)).EnumerateArray().Single();

    private async Task<JsonElement> SettingsAsync(HttpClient device)
    {
        using var answer = await device.PostAsync("api/fetchAccountSettings", null, Cancellation);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("accountSettings");
    }
}
