using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Agent;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Hosting;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>Update rings: which version a device is to run, and how it asks.</summary>
[TestClass]
public sealed class UpdateRingTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task A_device_is_in_the_first_ring_whose_tag_it_has(bool onPostgres)
    {
        await using var console = onPostgres ? await RunningConsole.StartOnPostgresAsync() : await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        Assert.AreEqual(new WantedVersion { Ring = "Everyone" }, await WantedAsync(device));

        await PutAsync(admin, new { name = "Canary", tag = "canary", version = "1.3.0-rc.1" }, new { name = " Pilot ", tag = "pilot", version = "1.2.0" }, new { name = "All", version = "1.1.0" });
        Assert.AreEqual(new WantedVersion { Ring = "All", Version = "1.1.0" }, await WantedAsync(device));
        await TagAsync(admin, "sales", "Pilot");
        Assert.AreEqual(new WantedVersion { Ring = "Pilot", Version = "1.2.0" }, await WantedAsync(device));
        await TagAsync(admin, "pilot", "canary");
        Assert.AreEqual(new WantedVersion { Ring = "Canary", Version = "1.3.0-rc.1" }, await WantedAsync(device));

        // By what it says of itself it is counted.
        Assert.AreEqual("1 0 0", await StandingAsync(admin, 0));
        await BeatAsync(device, "1.2.0");
        Assert.AreEqual("1 0 1", await StandingAsync(admin, 0));
        Assert.IsTrue((await admin.GetFromJsonAsync<JsonElement>("api/admin/devices", TestContext.CancellationToken))[0].GetProperty("isDue").GetBoolean());
        await BeatAsync(device, "1.3.0-rc.1");
        Assert.AreEqual("1 1 0", await StandingAsync(admin, 0));
        Assert.AreEqual("0 0 0", await StandingAsync(admin, 2));
    }

    [TestMethod]
    public async Task What_is_wrong_is_named_by_ring_and_field_and_nothing_is_saved()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();

        using var bad = await admin.PutAsJsonAsync(
            "api/admin/updates",
            new
            {
                rings = new object?[]
                {
                    new { name = "A", tag = "a,b", version = "v1.2.0" }, new { name = "a", tag = "x", version = "1.2" }, new { name = " ", tag = "X" }, null, new { name = "All", tag = "all", version = "1.2.3+4" },
                },
            },
            TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        var errors = (await bad.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("errors");
        CollectionAssert.AreEquivalent(
            new[] { "rings[0].tag", "rings[0].version", "rings[1].name", "rings[1].version", "rings[2].name", "rings[2].tag", "rings[3]", "rings[4].tag", "rings[4].version" },
            errors.EnumerateObject().Select(e => e.Name).ToArray());
        Assert.AreEqual("Ring 2 has the version \"1.2\"; write it as agents say it, such as 1.2.0 or 1.3.0-rc.1, or nothing.", errors.GetProperty("rings[1].version")[0].GetString());
        StringAssert.Contains(errors.GetProperty("rings[2].tag")[0].GetString(), "as ring 2 has");
        foreach (var count in new[] { 0, 11 })
        {
            using var beyond = await admin.PutAsJsonAsync("api/admin/updates", new { rings = Enumerable.Range(0, count).Select(i => new { name = $"r{i}", tag = $"{i}" }) }, TestContext.CancellationToken);
            StringAssert.Contains(await beyond.Content.ReadAsStringAsync(TestContext.CancellationToken), $"There are {count} rings");
        }

        Assert.AreEqual(new WantedVersion { Ring = "Everyone" }, await WantedAsync(device));
    }

    [TestMethod]
    public async Task Rings_are_part_of_history_and_rolled_back()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        await PutAsync(admin, new { name = "All", version = "1.1.0" });
        await PutAsync(admin, new { name = "Pilot", tag = "pilot", version = "1.2.0" }, new { name = "All", version = "1.1.0" });

        var difference = (await admin.GetFromJsonAsync<JsonElement>("api/admin/history/1/2", TestContext.CancellationToken)).EnumerateArray().Single();
        Assert.AreEqual(("Updates", 0, 1), (difference.GetProperty("section").GetString(), difference.GetProperty("removed").GetArrayLength(), difference.GetProperty("added").GetArrayLength()));
        await RollBackAsync(admin, 2);
        Assert.AreEqual(1, (await RingsAsync(admin)).GetArrayLength());
        await RollBackAsync(admin, 1);

        Assert.AreEqual(new WantedVersion { Ring = "Everyone" }, await WantedAsync(device));
        var log = await admin.GetFromJsonAsync<JsonElement>("api/admin/audit?action=updates.", TestContext.CancellationToken);
        CollectionAssert.AreEqual(new[] { "Pilot 1.2.0, All 1.1.0", "All 1.1.0" }, log.EnumerateArray().Select(a => a.GetProperty("target").GetString()).ToArray());
    }

    [TestMethod]
    public async Task The_command_says_current_due_or_unreachable_by_its_exit_code()
    {
        using var folder = new TemporaryDirectory();
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        var config = Path.Combine(folder.Path, "config.json");
        await File.WriteAllTextAsync(
            config, $$"""{ "stateDirectory": "{{folder.Path}}/state", "controlSocket": "{{folder.Path}}/c.sock", "console": { "url": "{{console.Host.Address}}" } }""", TestContext.CancellationToken);
        var token = device.DefaultRequestHeaders.GetValues("authorization").Single();

        var any = await CheckAsync(config, token);
        Assert.AreEqual((ExitCode.Done, ""), (any.Code, any.Report.GetProperty("wanted").GetString()));
        await PutAsync(admin, new { name = "All", version = StatusSource.Version });
        Assert.AreEqual(ExitCode.Done, (await CheckAsync(config, token)).Code);
        await PutAsync(admin, new { name = "All", version = "99.0.0" });
        var due = await CheckAsync(config, token);
        Assert.AreEqual(
            (ExitCode.UpdateDue, StatusSource.Version, "", "All", "99.0.0", true),
            (due.Code, due.Report.GetProperty("installed").GetString(), due.Report.GetProperty("running").GetString(), due.Report.GetProperty("ring").GetString(),
                due.Report.GetProperty("wanted").GetString(), due.Report.GetProperty("due").GetBoolean()));
        Assert.AreEqual(ExitCode.Failed, (await CheckAsync(config, "akd_wrong")).Code);

        await console.Host.DisposeAsync();
        var away = await CheckAsync(config, token);
        Assert.AreEqual(ExitCode.Unreachable, away.Code);
        StringAssert.Contains(away.Report.GetProperty("error").GetString(), "cannot be reached");
    }

    private async Task<(int Code, JsonElement Report)> CheckAsync(string config, string token)
    {
        using var output = new StringWriter();
        var agent = new AgentConsole(output, TextWriter.Null, isTerminal: false) { Environment = new Dictionary<string, string> { [TokenSource.Variable] = token }, IsPrivileged = true };
        var code = await AgentProgram.RunAsync(["update-check", "--json", "--config", config], agent, TestContext.CancellationToken);
        return (code, JsonDocument.Parse(output.ToString()).RootElement);
    }

    private async Task PutAsync(HttpClient admin, params object[] rings)
    {
        using var answer = await admin.PutAsJsonAsync("api/admin/updates", new { rings }, TestContext.CancellationToken);
        Assert.IsTrue(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.CancellationToken));
    }

    private async Task RollBackAsync(HttpClient admin, int version) =>
        (await admin.PostAsync($"api/admin/history/{version}/roll-back", null, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();

    private async Task TagAsync(HttpClient admin, params string[] tags) =>
        (await admin.PutAsJsonAsync("api/admin/devices/agent-1/tags", new { tags }, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();

    private async Task<WantedVersion?> WantedAsync(HttpClient device) => await device.GetFromJsonAsync("api/agent/update", WireJson.Default.WantedVersion, TestContext.CancellationToken);

    private async Task<JsonElement> RingsAsync(HttpClient admin) => (await admin.GetFromJsonAsync<JsonElement>("api/admin/updates", TestContext.CancellationToken)).GetProperty("rings");

    private async Task<string> StandingAsync(HttpClient admin, int ring)
    {
        var standing = (await RingsAsync(admin))[ring];
        return $"{standing.GetProperty("devices")} {standing.GetProperty("current")} {standing.GetProperty("due")}";
    }

    private async Task BeatAsync(HttpClient device, string version)
    {
        var heartbeat = new ModuleHeartbeat(new ModuleInfo
        {
            Id = "any", Name = "laptop", CurrentVersion = version, StartedTs = 1_700_000_000, LastHeartbeatReceived = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            AdditionalData = new ModuleAdditionalData { DeviceId = "laptop", Os = "linux" },
        });
        (await device.PostAsJsonAsync("api/updateModuleInfoForHeartbeat", heartbeat, WireJson.Default.ModuleHeartbeat, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();
    }
}
