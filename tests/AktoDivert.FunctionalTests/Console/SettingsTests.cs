using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Console;

[TestClass]
public sealed class SettingsTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_saved_pattern_reaches_every_open_stream_in_under_a_second()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        var streams = new List<IAsyncEnumerator<AccountSettings>>();
        for (var i = 0; i < 20; i++)
        {
            streams.Add(Listen(device).GetAsyncEnumerator(TestContext.CancellationToken));
            Assert.IsTrue(await streams[i].MoveNextAsync());
            Assert.AreEqual(1, streams[i].Current.Version);
        }

        var saved = Stopwatch.GetTimestamp();
        using var answer = await admin.PostAsJsonAsync("api/admin/patterns", new { pattern = ".Example.com", mode = false });
        answer.EnsureSuccessStatusCode();
        await Task.WhenAll(streams.Select(s => s.MoveNextAsync().AsTask()));
        var elapsed = Stopwatch.GetElapsedTime(saved);

        TestContext.WriteLine($"20 streams after {elapsed.TotalMilliseconds:0} ms");
        Assert.IsLessThan(TimeSpan.FromSeconds(1), elapsed);
        foreach (var stream in streams)
        {
            var pattern = stream.Current.MatchingPatternsForProxy!.Values.Single();
            Assert.AreEqual((".example.com", false), (pattern.Pattern, pattern.Mode));
            Assert.AreEqual(2, stream.Current.Version);
            await stream.DisposeAsync();
        }
    }

    [TestMethod]
    [DataRow("""{"pattern": ".example.com"}""", "'mode'")]
    [DataRow("""{"pattern": 5, "mode": true}""", "$.pattern")]
    [DataRow("""{"pattern": null, "mode": true}""", "Pattern")]
    [DataRow("{", "LineNumber: 0")]
    public async Task A_body_that_does_not_fit_is_refused_with_what_is_wrong(string body, string reason)
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await admin.PostAsync(new Uri("api/admin/patterns", UriKind.Relative), content, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.AreEqual("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        StringAssert.Contains(problem.GetProperty("detail").GetString(), reason, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public async Task The_first_start_fills_the_domain_lists_and_polling_returns_them()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();

        using var answer = await device.PostAsJsonAsync("api/fetchAccountSettings", new { });
        var settings = (await answer.Content.ReadFromJsonAsync(WireJson.Default.AccountSettingsResponse))!.AccountSettings!;

        Assert.IsTrue(settings.SwitchProxyMode);
        Assert.HasCount(DefaultDomains.Ai.Select(Canonical).Distinct().Count(), settings.AiDomains!);
        Assert.HasCount(DefaultDomains.Chatty.Select(Canonical).Distinct().Count(), settings.ChattyDomains!);
        Assert.IsEmpty(settings.MatchingPatternsForProxy!);
    }

    [TestMethod]
    public async Task Interception_is_switched_off_and_on_with_history_and_roll_back()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        Assert.AreEqual(("listed", true), await ModeAsync());
        var before = (await admin.GetFromJsonAsync<JsonElement>("api/admin/history"))[0].GetProperty("version").GetInt64();

        (await admin.PutAsJsonAsync("api/admin/patterns/mode", new { mode = "Off" })).EnsureSuccessStatusCode();
        Assert.AreEqual(("off", false), await ModeAsync());
        Assert.AreEqual("Off", (await admin.GetFromJsonAsync<JsonElement>("api/admin/patterns/mode")).GetProperty("mode").GetString());

        foreach (var mode in new object[] { "Sometimes", 7, 2 })
        {
            using var refused = await admin.PutAsJsonAsync("api/admin/patterns/mode", new { mode });
            Assert.AreEqual(HttpStatusCode.BadRequest, refused.StatusCode, $"{mode}");
        }

        var differences = await admin.GetFromJsonAsync<JsonElement>($"api/admin/history/{before}/{before + 1}");
        Assert.AreEqual("Proxy mode", differences[0].GetProperty("section").GetString());

        (await admin.PostAsync(new Uri($"api/admin/history/{before}/roll-back", UriKind.Relative), null)).EnsureSuccessStatusCode();
        Assert.AreEqual(("listed", true), await ModeAsync());

        async Task<(string?, bool?)> ModeAsync()
        {
            using var answer = await device.PostAsJsonAsync("api/fetchAccountSettings", new { });
            var settings = (await answer.Content.ReadFromJsonAsync(WireJson.Default.AccountSettingsResponse))!.AccountSettings!;
            return (settings.ProxyMode, settings.SwitchProxyMode);
        }
    }

    [TestMethod]
    public async Task A_bad_pattern_is_refused_with_the_parsers_message()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        Assert.IsFalse(HostPattern.TryParse("exa mple..com", out _, out var message));

        using var answer = await admin.PostAsJsonAsync("api/admin/patterns", new { pattern = "exa mple..com", mode = true });

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.AreEqual("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.AreEqual(message, problem.GetProperty("errors").GetProperty("pattern")[0].GetString());
    }

    [TestMethod]
    public async Task Domains_are_added_all_or_none_and_the_bad_lines_named()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();

        using var bad = await admin.PostAsJsonAsync("api/admin/domains/chatty", new { domains = new[] { "good.example", "# note", "", "bad host", "https://x/y" } });
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        var errors = (await bad.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty("domains");
        Assert.AreEqual(2, errors.GetArrayLength());
        StringAssert.StartsWith(errors[0].GetString(), "Line 4, \"bad host\": ");
        Assert.IsFalse(await HasAsync(admin, "good.example"));

        using var good = await admin.PostAsJsonAsync("api/admin/domains/chatty", new { domains = new[] { "Good.example.", "other.example" } });
        good.EnsureSuccessStatusCode();
        Assert.IsTrue(await HasAsync(admin, "good.example"));

        (await admin.DeleteAsync("api/admin/domains/chatty?domain=good.example")).EnsureSuccessStatusCode().Dispose();
        Assert.IsFalse(await HasAsync(admin, "good.example"));
        Assert.AreEqual(HttpStatusCode.NotFound, (await admin.GetAsync("api/admin/domains/nonsense")).StatusCode);
    }

    [TestMethod]
    public async Task A_learned_passthrough_is_pinned_and_cleared_on_every_device()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        await using var stream = Listen(device).GetAsyncEnumerator(TestContext.CancellationToken);
        await stream.MoveNextAsync();

        (await admin.PostAsJsonAsync("api/admin/learned/pin", new { process = "node", host = "api.x.ai" })).EnsureSuccessStatusCode().Dispose();
        await stream.MoveNextAsync();
        var pinned = stream.Current.LearnedOverrides!.Single();
        (await admin.PostAsJsonAsync("api/admin/learned/clear", new { process = "node", host = "api.x.ai" })).EnsureSuccessStatusCode().Dispose();
        await stream.MoveNextAsync();
        var cleared = stream.Current.LearnedOverrides!.Single();

        Assert.AreEqual("pin", pinned.Action);
        Assert.AreEqual("clear", cleared.Action);
        Assert.IsGreaterThan(pinned.AtUnixSeconds, cleared.AtUnixSeconds);
    }

    [TestMethod]
    public async Task The_devices_list_shows_heartbeat_stream_and_version()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        await using var stream = Listen(device).GetAsyncEnumerator(TestContext.CancellationToken);
        await stream.MoveNextAsync();
        var heartbeat = new ModuleHeartbeat(new ModuleInfo
        {
            Id = "somebody-else",
            Name = "laptop",
            CurrentVersion = "1.2.3",
            StartedTs = 1,
            LastHeartbeatReceived = 2,
            AdditionalData = new ModuleAdditionalData
            {
                DeviceId = "laptop", Os = "linux", Username = "alice", State = new DeviceState { Engine = "bpf", EngineState = "Active" },
            },
        });

        using var answer = await device.PostAsJsonAsync("api/updateModuleInfoForHeartbeat", heartbeat, WireJson.Default.ModuleHeartbeat);
        answer.EnsureSuccessStatusCode();

        var devices = await admin.GetFromJsonAsync<JsonElement>("api/admin/devices");
        Assert.AreEqual(1, devices.GetArrayLength());
        Assert.AreEqual("agent-1", devices[0].GetProperty("id").GetString());
        Assert.AreEqual("laptop", devices[0].GetProperty("name").GetString());
        Assert.AreEqual("Active", devices[0].GetProperty("state").GetProperty("engineState").GetString());
        Assert.IsTrue(devices[0].GetProperty("connected").GetBoolean());
        Assert.AreEqual(1, devices[0].GetProperty("settingsVersion").GetInt64());
    }

    private static async IAsyncEnumerable<AccountSettings> Listen(HttpClient device)
    {
        await using var body = await device.GetStreamAsync(new Uri("api/agent/settings", UriKind.Relative));
        await foreach (var item in SseParser.Create(body).EnumerateAsync())
        {
            if (item.EventType == "settings")
            {
                yield return JsonSerializer.Deserialize(item.Data, WireJson.Default.AccountSettings)!;
            }
        }
    }

    private static string Canonical(string domain) => HostPattern.TryParseDomain(domain, out var parsed, out _) ? parsed!.Text : domain;

    private static async Task<bool> HasAsync(HttpClient admin, string domain) =>
        (await admin.GetFromJsonAsync<JsonElement>("api/admin/domains/chatty")).EnumerateArray().Any(d => d.GetProperty("domain").GetString() == Canonical(domain));
}
