using System.Net;
using System.Text.Json;
using AktoDivert.Capture.Upload;
using AktoDivert.Core.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Capture.Fleet;

/// <summary>
/// Keeps the device's settings those of the console: a live stream where the console has one, so that a change is in force at once,
/// else polling as Akto's clients do. Without the console the settings stay as they are.
/// </summary>
public sealed partial class SettingsWorker(
    ConsoleClient console,
    ISettingsConsumer consumer,
    SettingsOptions options,
    AgentCounters counters,
    TimeProvider time,
    Random random,
    ILogger<SettingsWorker> logger) : BackgroundService
{
    private readonly Backoff _backoff = new(options.BackoffFirst, options.BackoffMost, random);
    private volatile string _lastError = "";

    /// <summary>Why the last attempt failed, for <c>status</c>; empty when it did not.</summary>
    public string LastError => _lastError;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(await FollowAsync(stoppingToken), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    // Follows the stream to its end, or polls once; gives the pause until the next attempt.
    private async Task<TimeSpan> FollowAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var settings in console.StreamSettingsAsync(options.Silence, consumer.Diagnose, stoppingToken))
            {
                Succeed("settings.applied.stream");
                consumer.Apply(settings);
            }

            return _backoff.Next();
        }
        catch (ConsoleRefusedException e) when (
            e.Status is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented)
        {
            return await PollAsync(stoppingToken);
        }
        catch (Exception e) when (IsExpected(e) && !stoppingToken.IsCancellationRequested)
        {
            Fail(e);
            return _backoff.Next();
        }
    }

    private async Task<TimeSpan> PollAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await console.FetchAccountSettingsAsync(stoppingToken) is { } settings)
            {
                Succeed("settings.applied.poll");
                consumer.Apply(settings);
            }

            return options.PollInterval;
        }
        catch (Exception e) when (IsExpected(e) && !stoppingToken.IsCancellationRequested)
        {
            Fail(e);
            return _backoff.Next();
        }
    }

    private static bool IsExpected(Exception e) => e is ConsoleRefusedException or JsonException || ConsoleClient.IsUnreachable(e);

    private void Succeed(string counter)
    {
        _lastError = "";
        _backoff.Reset();
        counters.Add(counter);
    }

    private void Fail(Exception e)
    {
        counters.Add("settings.failed.attempt");
        if (_lastError != e.Message)
        {
            _lastError = e.Message;
            LogFailed(e.Message);
        }
    }

    [LoggerMessage(3210, LogLevel.Warning, "Settings: the console's could not be read, the present ones stay in force: {Reason}")]
    private partial void LogFailed(string reason);
}
