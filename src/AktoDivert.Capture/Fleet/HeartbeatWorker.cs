using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Capture.Fleet;

/// <summary>
/// Tells the console every 30 seconds that the device is there and how it is. Akto discards the traces of a device it has no
/// heartbeat of, so the first one goes out at once.
/// </summary>
public sealed partial class HeartbeatWorker(
    ConsoleClient console,
    DeviceIdentity device,
    Func<DeviceState> state,
    string version,
    SettingsOptions options,
    AgentCounters counters,
    TimeProvider time,
    ILogger<HeartbeatWorker> logger) : BackgroundService
{
    private readonly long _started = time.GetUtcNow().ToUnixTimeSeconds();
    private bool _failed;

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
            await console.HeartbeatAsync(NewHeartbeat(), stoppingToken);
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

    private ModuleHeartbeat NewHeartbeat() => new(new ModuleInfo
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
            State = state(),
        },
    });

    [LoggerMessage(3220, LogLevel.Warning, "Heartbeat: not sent: {Reason}")]
    private partial void LogFailed(string reason);
}
