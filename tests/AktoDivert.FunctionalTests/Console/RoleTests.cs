using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AktoDivert.Console.SignIn;
using AktoDivert.Core.Wire;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>Role by endpoint: who gets in, and that nobody forgot one.</summary>
[TestClass]
public sealed class RoleTests
{
    /// <summary>Every endpoint below /api with the role that it takes at least.</summary>
    private const string Table = """
        POST /api/agent/enrol anonymous
        POST /api/agent/flows device
        POST /api/agent/diagnostics device
        GET /api/agent/settings device
        GET /api/agent/update device
        POST /api/ingestData device
        POST /api/fetchAccountSettings device
        POST /api/updateModuleInfoForHeartbeat device
        GET /api/openapi.json viewer
        GET /api/admin/patterns viewer
        GET /api/admin/patterns/mode viewer
        PUT /api/admin/patterns/mode admin
        POST /api/admin/patterns admin
        DELETE /api/admin/patterns admin
        GET /api/admin/domains/{list} viewer
        POST /api/admin/domains/{list} admin
        DELETE /api/admin/domains/{list} admin
        POST /api/admin/domains/{list}/reset admin
        POST /api/admin/learned/{action} admin
        GET /api/admin/updates viewer
        PUT /api/admin/updates admin
        GET /api/admin/privacy viewer
        PUT /api/admin/privacy admin
        PUT /api/admin/apps/{app} admin
        GET /api/admin/catalogue viewer
        PUT /api/admin/catalogue/{app} admin
        DELETE /api/admin/catalogue/{app} admin
        POST /api/admin/catalogue/reset admin
        GET /api/admin/forwarding viewer
        DELETE /api/admin/forwarding/{target} admin
        GET /api/admin/history viewer
        GET /api/admin/history/{from:long}/{to:long} viewer
        POST /api/admin/history/{version:long}/roll-back admin
        GET /api/admin/guardrails viewer
        POST /api/admin/guardrails admin
        PUT /api/admin/guardrails/{id} admin
        DELETE /api/admin/guardrails/{id} admin
        GET /api/admin/violations viewer
        GET /api/admin/violations/{id} viewer
        POST /api/admin/violations/triage analyst
        POST /api/admin/violations/assign analyst
        POST /api/admin/violations/{id}/comments analyst
        GET /api/admin/exceptions viewer
        POST /api/admin/exceptions analyst
        DELETE /api/admin/exceptions/{id} analyst
        GET /api/admin/inventory/apps viewer
        GET /api/admin/inventory/endpoints viewer
        GET /api/admin/inventory/tools viewer
        PUT /api/admin/inventory/tools admin
        GET /api/admin/inventory/servers viewer
        GET /api/admin/inventory/traffic viewer
        GET /api/admin/inventory/prices viewer
        PUT /api/admin/inventory/prices/{model} admin
        DELETE /api/admin/inventory/prices/{model} admin
        GET /api/admin/devices viewer
        PUT /api/admin/devices/{id}/tags admin
        POST /api/admin/devices/{id}/retire admin
        POST /api/admin/devices/{id}/diagnostics admin
        GET /api/admin/devices/{id}/diagnostics admin
        POST /api/admin/enrolment-tokens admin
        GET /api/admin/people admin
        POST /api/admin/people admin
        PUT /api/admin/people/{name} admin
        DELETE /api/admin/people/{name} admin
        DELETE /api/admin/people/{name}/authenticator admin
        GET /api/admin/tokens admin
        POST /api/admin/tokens admin
        DELETE /api/admin/tokens/{hash} admin
        GET /api/admin/audit admin
        GET /api/admin/notifications admin
        POST /api/admin/notifications admin
        DELETE /api/admin/notifications/{id} admin
        POST /api/admin/notifications/{id}/test admin
        GET /api/admin/calls viewer
        GET /api/admin/calls/timeline viewer
        GET /api/admin/flows viewer
        GET /api/admin/flows/timeline viewer
        GET /api/admin/calls/{id} viewer
        GET /api/admin/conversations/{id} viewer
        """;

    private static readonly string[] Ladder = ["viewer", "analyst", "admin"];

    [TestMethod]
    public async Task Each_role_gets_into_what_the_table_says_and_nothing_else()
    {
        await using var console = await RunningConsole.StartAsync();
        var rows = Table.Split('\n').Select(l => l.Trim().Split(' ')).Select(p => (Method: p[0], Path: p[1], Least: p[2])).ToList();
        var mapped = console.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText!.TrimEnd('/')}")).Order().ToArray();
        CollectionAssert.AreEqual(rows.Select(r => $"{r.Method} {r.Path}").Order().ToArray(), mapped, "Each endpoint has a line in the table.");
        using var device = await console.DeviceAsync();
        var clients = new Dictionary<string, HttpClient> { ["anonymous"] = console.Anonymous, ["device"] = device };
        foreach (var role in Ladder)
        {
            clients[role] = await console.RoleAsync(role);
        }

        var wrong = new StringBuilder();
        foreach (var (method, path, least) in rows)
        {
            foreach (var (role, client) in clients)
            {
                var status = await StatusAsync(client, method, path);
                var refused = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                var expected = least switch
                {
                    // Enrolment refuses a token that is none, which is not about roles.
                    "anonymous" => status == HttpStatusCode.UnprocessableEntity,
                    "device" => refused == (role != "device"),
                    _ => refused == (Array.IndexOf(Ladder, role) < Array.IndexOf(Ladder, least)),
                };
                expected &= status != HttpStatusCode.InternalServerError;
                wrong.Append(expected ? "" : $"{method} {path}: {role} gets {(int)status}\n");
            }
        }

        foreach (var role in Ladder)
        {
            clients[role].Dispose();
        }

        Assert.AreEqual("", wrong.ToString());
    }

    [TestMethod]
    public async Task A_viewer_sees_calls_without_prompt_and_content_and_each_look_at_content_is_in_the_audit_log()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var viewer = await console.RoleAsync(Roles.Viewer);
        using var analyst = await console.RoleAsync(Roles.Analyst);
        using var admin = await console.RoleAsync(Roles.Admin);
        (await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1"), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();

        var seen = await viewer.GetStringAsync("api/admin/calls/r1") + await viewer.GetStringAsync("api/admin/calls");
        var content = await analyst.GetStringAsync("api/admin/calls/r1");

        Assert.IsFalse(seen.Contains("monad", StringComparison.Ordinal), seen);
        StringAssert.Contains(content, "monad");
        var looks = await admin.GetFromJsonAsync<JsonElement>("api/admin/audit?action=content.");
        Assert.AreEqual(1, looks.GetArrayLength());
        Assert.AreEqual("analyst", looks[0].GetProperty("who").GetString());
        Assert.AreEqual("r1", looks[0].GetProperty("target").GetString());
    }

    [TestMethod]
    public async Task The_document_describes_every_administrative_endpoint()
    {
        await using var console = await RunningConsole.StartAsync();
        using var viewer = await console.RoleAsync(Roles.Viewer);

        var document = await viewer.GetFromJsonAsync<JsonElement>("api/openapi.json");

        StringAssert.StartsWith(document.GetProperty("openapi").GetString(), "3.");
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name.ToUpperInvariant()} {p.Name}")).ToHashSet();
        var missing = Table.Split('\n').Select(l => l.Trim().Split(' ')).Where(p => p[1].StartsWith("/api/admin/", StringComparison.Ordinal))
            .Select(p => $"{p[0]} {p[1].Replace(":long", "", StringComparison.Ordinal)}").Where(e => !described.Contains(e));
        Assert.AreEqual("", string.Join('\n', missing));
    }

    [TestMethod]
    public async Task The_last_administrator_stays_one()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        async Task<HttpStatusCode> Send(HttpMethod method, string path, object? body = null)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            using var answer = await admin.SendAsync(request);
            return answer.StatusCode;
        }

        Assert.AreEqual(HttpStatusCode.NoContent, await Send(HttpMethod.Post, "api/admin/people", new { name = "Alice", role = "admin", password = "correct horse battery" }));
        Assert.AreEqual(HttpStatusCode.NoContent, await Send(HttpMethod.Post, "api/admin/people", new { name = "bob", role = "viewer", password = "correct horse battery" }));
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, await Send(HttpMethod.Put, "api/admin/people/alice", new { role = "viewer" }));
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, await Send(HttpMethod.Delete, "api/admin/people/alice"));
        Assert.AreEqual(HttpStatusCode.NoContent, await Send(HttpMethod.Put, "api/admin/people/bob", new { role = "admin" }));
        Assert.AreEqual(HttpStatusCode.NoContent, await Send(HttpMethod.Delete, "api/admin/people/alice"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path)
    {
        var target = path.Replace("{list}", "nonsense", StringComparison.Ordinal).Replace(":long", "", StringComparison.Ordinal);
        target = System.Text.RegularExpressions.Regex.Replace(target, @"\{(from|to|version)\}", "999");
        target = System.Text.RegularExpressions.Regex.Replace(target, @"\{\w+\}", "nonsense");
        using var request = new HttpRequestMessage(new HttpMethod(method), target + (method == "DELETE" ? "?pattern=x&domain=x" : ""));
        if (method is "POST" or "PUT")
        {
            request.Content = JsonContent.Create(new { });
        }

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
