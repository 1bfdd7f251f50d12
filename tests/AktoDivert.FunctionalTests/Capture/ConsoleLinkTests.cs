using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using AktoDivert.Capture;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.FunctionalTests.Capture;

[TestClass]
public sealed class ConsoleLinkTests : ISettingsConsumer
{
    private readonly AgentCounters _counters = new();
    private readonly Channel<AccountSettings> _applied = Channel.CreateBounded<AccountSettings>(100);

    public required TestContext TestContext { get; init; }

    public void Apply(AccountSettings settings) => _applied.Writer.TryWrite(settings);

    public void Diagnose() => _counters.Add("test.diagnose");

    [TestMethod]
    public async Task Streamed_settings_are_applied_within_a_second()
    {
        await using var console = await FakeConsole.StartAsync();
        console.Settings = Channel.CreateBounded<AccountSettings>(10);
        await RunWorkerAsync(console, async () =>
        {
            await console.Settings.Writer.WriteAsync(new AccountSettings { Version = 1 }, TestContext.CancellationToken);
            await AppliedAsync(1);
            var start = TimeProvider.System.GetTimestamp();
            await console.Settings.Writer.WriteAsync(new AccountSettings { Version = 2 }, TestContext.CancellationToken);
            await AppliedAsync(2);
            Assert.IsLessThan(1.0, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        });
    }

    [TestMethod]
    public async Task A_console_without_a_stream_is_polled()
    {
        await using var console = await FakeConsole.StartAsync();
        await RunWorkerAsync(console, async () =>
        {
            await AppliedAsync(5);
            await AppliedAsync(5);
        });
        Assert.AreEqual(0, _counters["settings.applied.stream"]);
    }

    [TestMethod]
    public async Task A_silent_stream_is_opened_anew()
    {
        await using var console = await FakeConsole.StartAsync();
        console.Settings = Channel.CreateBounded<AccountSettings>(10);
        await RunWorkerAsync(console, async () =>
        {
            await console.UntilAsync(() => _counters["settings.failed.attempt"] >= 2, TestContext.CancellationToken);
            await console.Settings.Writer.WriteAsync(new AccountSettings { Version = 3 }, TestContext.CancellationToken);
        }, silence: TimeSpan.FromMilliseconds(100));
    }

    [TestMethod]
    public async Task Heartbeats_carry_the_state_and_the_last_one_why_the_agent_stops()
    {
        await using var console = await FakeConsole.StartAsync();
        using var client = NewClient(console);
        var device = DeviceIdentity.Create("host", "machine", "alice");
        using var worker = NewHeartbeats(client, device);
        await worker.StartAsync(TestContext.CancellationToken);
        await console.UntilAsync(() => console.Heartbeats.Count >= 2, TestContext.CancellationToken);
        await worker.StopAsync(TestContext.CancellationToken);
        var module = console.Heartbeats.First().ModuleInfo;
        Assert.AreEqual((device.Label, "1.2.3", "MCP_ENDPOINT_SHIELD", "alice", "ebpf"), (module.Name, module.CurrentVersion, module.ModuleType, module.AdditionalData.Username, module.AdditionalData.State!.Engine));
        Assert.AreEqual(AgentDeparture.Shutdown, console.Heartbeats.Last().ModuleInfo.AdditionalData.State!.Leaving);
        Assert.AreEqual(1, console.Heartbeats.Count(h => h.ModuleInfo.AdditionalData.State!.Leaving.Length > 0));
    }

    [TestMethod]
    public async Task A_console_that_does_not_answer_holds_up_no_stop()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var client = new ConsoleClient(new ConsoleClientOptions { Ingestion = new Uri($"http://{silent.LocalEndpoint}"), Timeout = TimeSpan.FromMinutes(5) }, new TokenSource(null, "t"), TimeProvider.System);
        using var worker = NewHeartbeats(client, DeviceIdentity.Create("host", "machine", "alice"));
        await worker.StartAsync(TestContext.CancellationToken);
        await worker.StopAsync(TestContext.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.CancellationToken);
        Assert.AreEqual(1, _counters["heartbeat.failed.farewell"]);
    }

    [TestMethod]
    public async Task A_unix_socket_reaches_a_console_on_no_network()
    {
        var directory = Directory.CreateTempSubdirectory("console-link-");
        var path = Path.Combine(directory.FullName, "s");
        await using var console = await FakeConsole.StartAsync(path);
        using var client = new ConsoleClient(new ConsoleClientOptions { Ingestion = new Uri("http://console.invalid"), UnixSocket = path }, new TokenSource(null, null), TimeProvider.System);
        var answer = await client.EnrolAsync(new EnrolRequest("once", "id", "name", "linux"), TestContext.CancellationToken);
        Assert.AreEqual("for-once", answer.DeviceToken);
        directory.Delete(recursive: true);
    }

    private HeartbeatWorker NewHeartbeats(ConsoleClient client, DeviceIdentity device) => new(
        client, device, () => new DeviceState { Engine = "ebpf" }, _ => Task.FromResult(AgentDeparture.Shutdown), "1.2.3",
        new SettingsOptions { HeartbeatInterval = TimeSpan.FromMilliseconds(20) }, _counters, TimeProvider.System, NullLogger<HeartbeatWorker>.Instance);

    private static ConsoleClient NewClient(FakeConsole console) => new(console.ClientOptions, new TokenSource(null, "t"), TimeProvider.System);

    private async Task RunWorkerAsync(FakeConsole console, Func<Task> body, TimeSpan? silence = null)
    {
        using var client = NewClient(console);
        var options = new SettingsOptions
        {
            PollInterval = TimeSpan.FromMilliseconds(20),
            BackoffFirst = TimeSpan.FromMilliseconds(10),
            BackoffMost = TimeSpan.FromMilliseconds(50),
            Silence = silence ?? TimeSpan.FromSeconds(30),
        };
        using var worker = new SettingsWorker(client, this, options, _counters, TimeProvider.System, new Random(1), NullLogger<SettingsWorker>.Instance);
        await worker.StartAsync(TestContext.CancellationToken);
        await body();
        await worker.StopAsync(TestContext.CancellationToken);
    }

    private async Task AppliedAsync(long version) =>
        Assert.AreEqual(version, (await _applied.Reader.ReadAsync(TestContext.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.CancellationToken)).Version);
}
