using AktoDivert.Capture.Fleet;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Hosting;

/// <summary>
/// Answers the console's questions for diagnostics, one at a time. One that cannot be answered is left: the console repeats it when the device
/// connects again.
/// </summary>
internal sealed partial class DiagnosticsWorker(
    DiagnosticsRequests requests, DiagnosticsSource source, ConsoleClient console, ILogger<DiagnosticsWorker> logger) : BackgroundService
{
    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in requests.ReadAsync(stoppingToken))
            {
                await AnswerAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            var report = await source.ReadAsync(cancellationToken);
            await console.PostAsync("/api/agent/diagnostics", report, cancellationToken);
            LogSent(report.Length);
        }
        catch (Exception e) when ((e is ConsoleRefusedException || ConsoleClient.IsUnreachable(e)) && !cancellationToken.IsCancellationRequested)
        {
            LogNotSent(e.Message);
        }
    }

    [LoggerMessage(4065, LogLevel.Information, "the console asked for diagnostics and got {Bytes} bytes")]
    private partial void LogSent(int bytes);

    [LoggerMessage(4066, LogLevel.Warning, "the console asked for diagnostics and could not be answered: {Reason}")]
    private partial void LogNotSent(string reason);
}
