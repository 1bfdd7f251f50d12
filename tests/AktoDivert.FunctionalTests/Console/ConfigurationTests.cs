using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Console.SignIn;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>History of the configuration, and what else is part of it.</summary>
[TestClass]
public sealed class ConfigurationTests
{
    [TestMethod]
    public async Task A_version_is_compared_and_rolled_back_to()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        await PostAsync(admin, "api/admin/patterns", new { pattern = ".example.com", mode = true });
        await PostAsync(admin, "api/admin/domains/chatty", new { domains = new[] { "noise.example" } });
        await PostAsync(admin, "api/admin/guardrails", new { name = "secrets", enabled = true, document = new { action = "block", detectors = new[] { new { type = "secrets" } } } });

        var differences = await admin.GetFromJsonAsync<JsonElement>("api/admin/history/1/4");
        var changed = differences.EnumerateArray().Select(d => d.GetProperty("section").GetString()).ToArray();
        CollectionAssert.AreEquivalent(new[] { "Proxy Patterns", "Chatty domains", "Guardrails" }, changed);
        StringAssert.Contains(differences.GetRawText(), "noise.example");

        await PostAsync(admin, "api/admin/history/2/roll-back", new { });

        var settings = await SettingsAsync(device);
        Assert.AreEqual(5, settings.GetProperty("version").GetInt64());
        Assert.AreEqual(1, settings.GetProperty("matchingPatternsForProxy").EnumerateObject().Count());
        Assert.AreEqual(0, settings.GetProperty("guardrails").GetArrayLength());
        Assert.IsFalse(settings.GetProperty("chattyDomains").EnumerateArray().Any(d => d.GetString()!.Contains("noise.example", StringComparison.Ordinal)));
        Assert.AreEqual(0, (await admin.GetFromJsonAsync<JsonElement>("api/admin/history/2/5")).GetArrayLength());
        var log = (await admin.GetFromJsonAsync<JsonElement>("api/admin/audit")).EnumerateArray().Select(a => a.GetProperty("action").GetString()).ToArray();
        foreach (var action in new[] { "pattern.put", "domains.add", "guardrail.put", "configuration.roll-back", "device.enrol", "token.issue" })
        {
            CollectionAssert.Contains(log, action);
        }
    }

    [TestMethod]
    public async Task A_policy_reaches_devices_with_its_exceptions()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        await PostAsync(admin, "api/admin/guardrails", new { name = "secrets", enabled = true, document = new { action = "block", detectors = new[] { new { type = "secrets" } } } });
        await PostAsync(admin, "api/admin/exceptions", new { kind = "Phrase", value = "demo key", expires = DateTimeOffset.UtcNow.AddDays(7), policy = "secrets", reason = "docs" });
        await PostAsync(admin, "api/admin/exceptions", new { kind = "User", value = "bob", expires = DateTimeOffset.UtcNow.AddDays(7), policy = "other" });

        var policy = (await SettingsAsync(device)).GetProperty("guardrails")[0];

        Assert.AreEqual(("secrets", "block", 1), (policy.GetProperty("name").GetString(), policy.GetProperty("action").GetString(), policy.GetProperty("exceptions").GetArrayLength()));
        Assert.AreEqual("demo key", policy.GetProperty("exceptions")[0].GetProperty("value").GetString());
        using var bad = await admin.PostAsJsonAsync("api/admin/exceptions", new { kind = "Phrase", value = "x", expires = DateTimeOffset.UtcNow.AddDays(-1) });
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        using var unusable = await admin.PostAsJsonAsync("api/admin/guardrails", new { name = "odd", enabled = true, document = new { action = "explode", detectors = new[] { new { type = "secrets" } } } });
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, unusable.StatusCode);
        StringAssert.Contains(await unusable.Content.ReadAsStringAsync(), "action");
        using var nameless = await admin.PostAsJsonAsync("api/admin/guardrails", new { name = "", enabled = true, document = new { } });
        Assert.AreEqual("application/problem+json", nameless.Content.Headers.ContentType!.MediaType);
    }

    [TestMethod]
    public async Task Of_an_app_with_the_level_metadata_no_content_is_kept_and_of_none_no_call()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        (await admin.PutAsJsonAsync("api/admin/apps/codex", new { state = "Tolerated", kept = "Metadata" })).EnsureSuccessStatusCode().Dispose();
        (await admin.PutAsJsonAsync("api/admin/apps/private", new { state = "Sanctioned", kept = "None" })).EnsureSuccessStatusCode().Dispose();
        var batch = new Core.Wire.IngestBatch([Records.Record("a"), Records.Record("b", app: "codex"), Records.Record("c", app: "private")]);

        using var answer = await device.PostAsJsonAsync("api/ingestData", batch, Core.Wire.WireJson.Default.IngestBatch);

        answer.EnsureSuccessStatusCode();
        Assert.AreEqual(2, (await admin.GetFromJsonAsync<JsonElement>("api/admin/calls")).GetArrayLength());
        var metadata = await admin.GetFromJsonAsync<JsonElement>("api/admin/calls/b");
        Assert.AreEqual(JsonValueKind.Null, metadata.GetProperty("content").ValueKind);
        Assert.AreEqual("", metadata.GetProperty("call").GetProperty("prompt").GetString());
        Assert.AreEqual("Metadata", metadata.GetProperty("call").GetProperty("kept").GetString());
    }

    [TestMethod]
    public async Task Of_an_app_with_the_level_redacted_secrets_and_personal_data_are_masked_before_they_are_stored()
    {
        const string key = "sk_live_" + "9aTq71BvXz84LmKw02RyPeHc";
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        (await admin.PutAsJsonAsync("api/admin/apps/codex", new { state = "Tolerated", kept = "Redacted" })).EnsureSuccessStatusCode().Dispose();
        var record = Records.Record("a", app: "codex") with
        {
            RequestPayload = $$"""{"model":"m","messages":[{"role":"user","content":"Pay with \"{{key}}\" and write to jane.doe@company.com about the monad"}]}""",
        };

        using var answer = await device.PostAsJsonAsync("api/ingestData", new Core.Wire.IngestBatch([record]), Core.Wire.WireJson.Default.IngestBatch);

        answer.EnsureSuccessStatusCode();
        var call = await admin.GetFromJsonAsync<JsonElement>("api/admin/calls/a");
        var body = call.GetProperty("content").GetProperty("requestBody").GetString()!;
        Assert.IsFalse(call.GetRawText().Contains(key, StringComparison.Ordinal), body);
        Assert.IsFalse(call.GetRawText().Contains("jane.doe", StringComparison.Ordinal), body);
        Assert.AreEqual(record.RequestPayload.Length, body.Length);
        using var parsed = JsonDocument.Parse(body);
        StringAssert.Contains(call.GetProperty("call").GetProperty("prompt").GetString(), "about the monad");
    }

    [TestMethod]
    public async Task A_retired_device_is_out_and_may_enrol_again()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        using var device = await console.DeviceAsync();
        await using var stream = await device.GetStreamAsync(new Uri("api/agent/settings", UriKind.Relative));
        (await admin.PutAsJsonAsync("api/admin/devices/agent-1/tags", new { tags = new[] { "finance", " pilot " } })).EnsureSuccessStatusCode().Dispose();
        StringAssert.Contains(await admin.GetStringAsync("api/admin/devices"), "\"tags\":[\"finance\",\"pilot\"]");

        await PostAsync(admin, "api/admin/devices/agent-1/retire", new { });

        // The stream ends, though the agent still reads.
        await stream.CopyToAsync(Stream.Null);
        using var refused = await device.PostAsJsonAsync("api/fetchAccountSettings", new { });
        Assert.AreEqual(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.AreEqual(0, (await admin.GetFromJsonAsync<JsonElement>("api/admin/devices")).GetArrayLength());
        using var again = await console.DeviceAsync();
        Assert.AreEqual(1, (await admin.GetFromJsonAsync<JsonElement>("api/admin/devices")).GetArrayLength());
    }

    private static async Task<JsonElement> SettingsAsync(HttpClient device)
    {
        using var answer = await device.PostAsJsonAsync("api/fetchAccountSettings", new { });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accountSettings");
    }

    private static async Task PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        Assert.IsTrue(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }
}
