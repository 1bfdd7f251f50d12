using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using AktoDivert.Console.Devices;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>A thousand devices on one console, each with a token and a settings stream of its own.</summary>
[TestClass]
[DoNotParallelize]
public sealed class FleetTests
{
    private const int Devices = 1000;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_saved_setting_is_at_a_thousand_devices_within_a_second()
    {
        await using var console = await RunningConsole.StartAsync();
        using var admin = await console.RoleAsync(Roles.Admin);
        var tokens = await EnrolAsync(console);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Devices }) { BaseAddress = console.Host.Address };
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        using var connected = new CountdownEvent(Devices);
        using var changed = new CountdownEvent(Devices);
        var listening = tokens.Select(t => ListenAsync(client, t, connected, changed, ending.Token)).ToList();
        Assert.IsTrue(connected.Wait(TimeSpan.FromMinutes(2), TestContext.CancellationToken), $"{connected.CurrentCount} devices did not connect.");

        var saved = Stopwatch.GetTimestamp();
        using var answer = await admin.PostAsJsonAsync("api/admin/patterns", new { pattern = ".example.com", mode = false }, TestContext.CancellationToken);
        answer.EnsureSuccessStatusCode();
        Assert.IsTrue(changed.Wait(TimeSpan.FromSeconds(20), TestContext.CancellationToken), $"{changed.CurrentCount} devices were not told.");
        var elapsed = Stopwatch.GetElapsedTime(saved);

        TestContext.WriteLine($"{Devices} devices after {elapsed.TotalMilliseconds:0} ms");
        Assert.IsLessThan(TimeSpan.FromSeconds(1), elapsed);
        var shown = await console.Host.Services.GetRequiredService<DeviceStore>().ListAsync(TestContext.CancellationToken);
        Assert.AreEqual(Devices, shown.Count(d => d.Connected && d.SettingsVersion == 2), "The page shows how many devices have it.");
        await ending.CancelAsync();
        await Task.WhenAll(listening);
    }

    private async Task<List<string>> EnrolAsync(RunningConsole console)
    {
        var tokens = console.Host.Services.GetRequiredService<AccessTokens>();
        await using var db = await console.Host.Services.GetRequiredService<IDbContextFactory<ConsoleDb>>().CreateDbContextAsync(TestContext.CancellationToken);
        var made = Enumerable.Range(0, Devices).Select(i =>
        {
            db.Devices.Add(new DeviceRow { Id = $"agent-{i}", Name = $"laptop-{i}", Os = "linux" });
            return tokens.Add(db, TokenKind.Device, $"agent-{i}");
        }).ToList();
        await db.SaveChangesAsync(TestContext.CancellationToken);
        return made;
    }

    private static async Task ListenAsync(HttpClient client, string token, CountdownEvent connected, CountdownEvent changed, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/agent/settings");
            request.Headers.TryAddWithoutValidation("authorization", token);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            await using var body = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellation);
            await foreach (var item in SseParser.Create(body, (_, data) => JsonSerializer.Deserialize(data, WireJson.Default.AccountSettings)).EnumerateAsync(cancellation))
            {
                (item.Data!.Version == 1 ? connected : changed).Signal();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The test is over.
        }
    }
}
