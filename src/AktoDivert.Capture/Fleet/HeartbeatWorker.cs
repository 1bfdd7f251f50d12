using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Capture.Fleet;

/// <summary>
/// Tells the console every 30 seconds that the device is there and how it is. Akto discards the traces of a device it has no
/// heartbeat of, so the first one goes out at once. The last one says why the agent stops, so that the console tells a machine that went down from an
/// agent that somebody stopped; it is tried once, for a second at most.
/// </summary>
/// <param name="console">Where they go.</param>
/// <param name="device">Which device this is.</param>
/// <param name="state">The state now.</param>
/// <param name="leaving">Why the agent stops, an <see cref="AgentDeparture"/>; asked when it does, and bounded in time by itself.</param>
/// <param name="version">Version of the agent.</param>
/// <param name="options">How often.</param>
/// <param name="counters">Counts them.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Logs when the console cannot be told.</param>
public sealed partial class HeartbeatWorker(
    ConsoleClient console,
    DeviceIdentity device,
    Func<DeviceState> state,
    Func<CancellationToken, Task<string>> leaving,
    string version,
    SettingsOptions options,
    AgentCounters counters,
    TimeProvider time,
    ILogger<HeartbeatWorker> logger) : BackgroundService
{
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    private readonly long _started = time.GetUtcNow().ToUnixTimeSeconds();
    private bool _failed;

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (ExecuteTask is null)
        {
            // It never started, so there is nothing to take leave of.
            return;
        }

        var cause = await leaving(cancellationToken);
        using var limit = new CancellationTokenSource(FarewellLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await console.HeartbeatAsync(NewHeartbeat(state() with { Leaving = cause }), either.Token);
            counters.Add("heartbeat.sent");
        }
        catch (Exception e) when (e is ConsoleRefusedException || ConsoleClient.IsUnreachable(e))
        {
            counters.Add("heartbeat.failed.farewell");
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await BeatAsync(stoppingToken);
                await Task.Delay(options.HeartbeatInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task BeatAsync(CancellationToken stoppingToken)
    {
        try
        {
            await console.HeartbeatAsync(NewHeartbeat(state()), stoppingToken);
            counters.Add("heartbeat.sent");
            _failed = false;
        }
        catch (Exception e) when (
            (e is ConsoleRefusedException || ConsoleClient.IsUnreachable(e)) && !stoppingToken.IsCancellationRequested)
        {
            counters.Add("heartbeat.failed.attempt");
            if (!_failed)
            {
                _failed = true;
                LogFailed(e.Message);
            }
        }
    }

    private ModuleHeartbeat NewHeartbeat(DeviceState now) => new(new ModuleInfo
    {
        Id = device.Id,
        Name = device.Label,
        CurrentVersion = version,
        StartedTs = _started,
        LastHeartbeatReceived = time.GetUtcNow().ToUnixTimeSeconds(),
        AdditionalData = new ModuleAdditionalData
        {
            Username = device.UserName,
            DeviceId = device.Label,
            Os = device.Os,
            State = now,
        },
    });

    [LoggerMessage(3220, LogLevel.Warning, "Heartbeat: not sent: {Reason}")]
    private partial void LogFailed(string reason);
}
