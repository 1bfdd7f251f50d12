using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AktoDivert.Core.Wire;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>What heartbeats tell of a device that went from good to bad.</summary>
[TestClass]
public sealed class DeviceAlertTests
{
    private const long Start = 1_700_000_000;

    [TestMethod]
    public async Task What_went_bad_while_the_agent_ran_stands_among_the_violations_once()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        var good = new DeviceState { Engine = "bpf", EngineState = "Active", CaStores = ["Debian", "Java 17"] };

        await BeatAsync(device, Start, TimeSpan.Zero, good);
        Assert.IsEmpty(await AlertsAsync(admin));

        // Twice, but the second time nothing changed.
        var bad = good with { CaStores = [], EngineState = "Unavailable", EngineReason = "The kernel says no." };
        await BeatAsync(device, Start, TimeSpan.FromMinutes(-42), bad);
        await BeatAsync(device, Start, TimeSpan.FromMinutes(-42), bad);

        var alerts = await AlertsAsync(admin);
        CollectionAssert.AreEquivalent(
            new[]
            {
                "ca-removed: The device CA is in no trust store any more; it was in Debian, Java 17.", "redirect-stopped: The redirect engine is unavailable. The kernel says no.",
                "clock-skew: The clock is 42 minutes behind the console's.",
            },
            alerts.Select(a => a.Replace("41 minutes", "42 minutes", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public async Task An_agent_that_starts_again_alerts_nobody()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        await BeatAsync(device, Start, TimeSpan.Zero, new DeviceState { EngineState = "Active", CaStores = ["Debian"] });
        await BeatAsync(device, Start + 60, TimeSpan.Zero, new DeviceState { EngineState = "Stopped" });
        Assert.IsEmpty(await AlertsAsync(admin));
    }

    [TestMethod]
    [DataRow(long.MaxValue)]
    [DataRow(long.MinValue)]
    public async Task Any_time_is_taken_from_a_device(long seconds)
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        await BeatAsync(device, Start, TimeSpan.Zero, new DeviceState());
        await SendAsync(device, seconds, seconds, new DeviceState());
        StringAssert.StartsWith((await AlertsAsync(admin)).Single(), "clock-skew: ", StringComparison.Ordinal);
        Assert.AreEqual(1, (await admin.GetFromJsonAsync<JsonElement>("api/admin/devices")).GetArrayLength());
    }

    [TestMethod]
    public async Task What_is_null_in_a_state_is_as_if_it_were_absent()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.AdminAsync();
        using var device = await console.DeviceAsync();
        await BeatAsync(device, Start, TimeSpan.Zero, new DeviceState { EngineState = "Active", CaStores = ["Debian"] });
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using var body = new StringContent(
            $$$"""
            {"moduleInfo":{"id":"agent-1","name":"laptop","currentVersion":null,"startedTs":{{{Start}}},"lastHeartbeatReceived":{{{now}}},"additionalData":{"deviceId":"laptop","os":null,
            "aktodivert":{"engine":null,"engineState":null,"engineReason":null,"caStores":null,"counters":null,"learned":null,"lastError":null} } } }
            """,
            Encoding.UTF8, "application/json");

        using var answer = await device.PostAsync(new Uri("api/updateModuleInfoForHeartbeat", UriKind.Relative), body);

        answer.EnsureSuccessStatusCode();
        Assert.HasCount(2, await AlertsAsync(admin));
        Assert.AreEqual("", (await admin.GetFromJsonAsync<JsonElement>("api/admin/devices"))[0].GetProperty("state").GetProperty("engineState").GetString());
    }

    private static Task BeatAsync(HttpClient device, long started, TimeSpan skew, DeviceState state) =>
        SendAsync(device, started, (DateTimeOffset.UtcNow + skew).ToUnixTimeSeconds(), state);

    private static async Task SendAsync(HttpClient device, long started, long at, DeviceState state)
    {
        var heartbeat = new ModuleHeartbeat(new ModuleInfo
        {
            Id = "agent-1",
            Name = "laptop",
            CurrentVersion = "1.0",
            StartedTs = started,
            LastHeartbeatReceived = at,
            AdditionalData = new ModuleAdditionalData { DeviceId = "laptop", Os = "linux", Username = "alice", State = state },
        });
        using var answer = await device.PostAsJsonAsync("api/updateModuleInfoForHeartbeat", heartbeat, WireJson.Default.ModuleHeartbeat);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<string[]> AlertsAsync(HttpClient admin) =>
        [.. (await admin.GetFromJsonAsync<JsonElement>("api/admin/violations")).EnumerateArray()
            .Select(v => $"{v.GetProperty("entity").GetString()}: {v.GetProperty("evidence").GetString()}")];
}
