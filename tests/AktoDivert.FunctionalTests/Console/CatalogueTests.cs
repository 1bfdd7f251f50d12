using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Console.Settings;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>The apps catalogue: choices about shipped apps, and apps of the organisation's own.</summary>
[TestClass]
public sealed class CatalogueTests
{
    private static readonly object Bot = new
    {
        name = "Acme bot", selectors = new[] { "name acme-bot", "path /opt/acme/*" }, hosts = new[] { "LLM.acme.example" }, passthroughHosts = new[] { "signin.acme.example" },
    };

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Choices_and_own_apps_are_listed_sent_to_devices_and_taken_back()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        Assert.IsEmpty((await SettingsAsync(device)).Apps!);

        await PutAsync(admin, "browsers", new { redirect = true });
        await PutAsync(admin, "acme-bot", Bot);

        var sent = (await SettingsAsync(device)).Apps!;
        Assert.AreEqual(("acme-bot", null, "Acme bot"), (sent[0].Id, sent[0].Redirect, sent[0].Name));
        CollectionAssert.AreEqual(new[] { "name acme-bot", "path /opt/acme/*" }, sent[0].Selectors!.ToArray());
        Assert.AreEqual(("llm.acme.example", "signin.acme.example"), (sent[0].Hosts!.Single(), sent[0].PassthroughHosts!.Single()));
        Assert.AreEqual(("browsers", true, null), (sent[1].Id, sent[1].Redirect, sent[1].Selectors));
        var listed = await ListAsync(admin);
        Assert.AreEqual("acme-bot True True", listed[0]);
        CollectionAssert.Contains(listed, "browsers False True");
        CollectionAssert.Contains(listed, "local-other False False");
        CollectionAssert.Contains(listed, "claude-code False True");

        await PutAsync(admin, "browsers", new { redirect = (bool?)null });
        Assert.AreEqual("acme-bot", (await SettingsAsync(device)).Apps!.Single().Id);
        (await admin.DeleteAsync("api/admin/catalogue/acme-bot", TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();
        using var gone = await admin.DeleteAsync("api/admin/catalogue/acme-bot", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.NotFound, gone.StatusCode);
        await PutAsync(admin, "cursor", new { redirect = false });
        (await admin.PostAsync("api/admin/catalogue/reset", null, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();
        Assert.IsEmpty((await SettingsAsync(device)).Apps!);
    }

    [TestMethod]
    public async Task What_is_wrong_is_named_by_field_and_place_and_nothing_is_saved()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();

        using var bad = await admin.PutAsJsonAsync(
            "api/admin/catalogue/acme-bot", new { selectors = new[] { "name acme-bot", "name bin/bot" }, hosts = new[] { "exa mple" } }, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        Assert.AreEqual("application/problem+json", bad.Content.Headers.ContentType!.MediaType);
        var errors = (await bad.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("errors");
        StringAssert.StartsWith(errors.GetProperty("selectors")[0].GetString(), "Selector 2, \"name bin/bot\": ");
        StringAssert.StartsWith(errors.GetProperty("hosts")[0].GetString(), "Host 1, \"exa mple\": ");
        using var shipped = await admin.PutAsJsonAsync("api/admin/catalogue/claude-code", Bot, TestContext.CancellationToken);
        StringAssert.Contains(await shipped.Content.ReadAsStringAsync(TestContext.CancellationToken), "an app of the shipped catalogue");
        Assert.AreEqual(1, console.Host.Services.GetRequiredService<SettingsStore>().Current.Version);
    }

    [TestMethod]
    public async Task Devices_get_no_more_selectors_than_their_table_holds()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        var most = Enumerable.Range(0, 50).Select(i => $"name bot-{i}").ToArray();
        for (var app = 0; app < 10; app++)
        {
            await PutAsync(admin, $"app-{app}", new { selectors = most });
        }

        using var beyond = await admin.PutAsJsonAsync("api/admin/catalogue/one-more", new { selectors = new[] { "name x" } }, TestContext.CancellationToken);

        StringAssert.Contains(await beyond.Content.ReadAsStringAsync(TestContext.CancellationToken), "501 selectors; at most 500");
        await PutAsync(admin, "app-3", new { selectors = most });
    }

    [TestMethod]
    public async Task The_catalogue_is_part_of_history_and_rolled_back()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        await PutAsync(admin, "acme-bot", Bot);
        await PutAsync(admin, "cursor", new { redirect = false });

        var difference = (await admin.GetFromJsonAsync<JsonElement>("api/admin/history/1/3", TestContext.CancellationToken)).EnumerateArray().Single();
        Assert.AreEqual("Apps catalogue", difference.GetProperty("section").GetString());
        Assert.AreEqual((0, 2), (difference.GetProperty("removed").GetArrayLength(), difference.GetProperty("added").GetArrayLength()));
        StringAssert.Contains(difference.GetProperty("added").GetRawText(), "path /opt/acme/*");

        (await admin.PostAsync("api/admin/history/2/roll-back", null, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();

        Assert.AreEqual("acme-bot", (await SettingsAsync(device)).Apps!.Single().Id);
        Assert.AreEqual(0, (await admin.GetFromJsonAsync<JsonElement>("api/admin/history/2/4", TestContext.CancellationToken)).GetArrayLength());
        var log = await admin.GetFromJsonAsync<JsonElement>("api/admin/audit?action=catalogue.", TestContext.CancellationToken);
        CollectionAssert.AreEqual(new[] { "cursor off", "acme-bot by default" }, log.EnumerateArray().Select(a => a.GetProperty("target").GetString()).ToArray());
    }

    private async Task PutAsync(HttpClient admin, string app, object body)
    {
        using var answer = await admin.PutAsJsonAsync($"api/admin/catalogue/{app}", body, TestContext.CancellationToken);
        Assert.IsTrue(answer.IsSuccessStatusCode, $"{app}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(TestContext.CancellationToken)}");
    }

    private async Task<string[]> ListAsync(HttpClient admin) =>
        [.. (await admin.GetFromJsonAsync<JsonElement>("api/admin/catalogue", TestContext.CancellationToken)).EnumerateArray()
            .Select(a => $"{a.GetProperty("id")} {a.GetProperty("isOwn")} {a.GetProperty("isRedirected")}")];

    private async Task<AccountSettings> SettingsAsync(HttpClient device)
    {
        using var answer = await device.PostAsJsonAsync("api/fetchAccountSettings", new { }, TestContext.CancellationToken);
        return (await answer.Content.ReadFromJsonAsync(WireJson.Default.AccountSettingsResponse, TestContext.CancellationToken))!.AccountSettings!;
    }
}
