using System.Text.Json;
using System.Text.Json.Nodes;
using AktoDivert.Agent.Hosting;
using AktoDivert.Agent.Policy;
using AktoDivert.Capture.Fleet;
using AktoDivert.Guardrails.Policies;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Guarding;

/// <summary>
/// Keeps the guardrail policies up to date: the console's at once, the file's within two seconds, and each minute those of a plain Akto
/// deployment, whose settings hold none.
/// </summary>
internal sealed partial class GuardWorker(
    GuardPolicies policies, PolicyStore store, ConsoleLink? link, TimeProvider time, ILogger<GuardWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fetch = TimeSpan.FromMinutes(1);

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        store.Changed += Changed;
        policies.Refresh(always: true);
        Log();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        store.Changed -= Changed;
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Look, time);
            var fetched = time.GetTimestamp() - time.TimestampFrequency * (long)Fetch.TotalSeconds;
            do
            {
                if (policies.Refresh(always: false))
                {
                    Log();
                }

                if (link is not null && store.Guardrails is null && time.GetElapsedTime(fetched) >= Fetch)
                {
                    fetched = time.GetTimestamp();
                    await FetchAsync(link.Client, stoppingToken);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
    }

    private async Task FetchAsync(ConsoleClient client, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.PostAsync("/api/fetchGuardrailPolicies", """{"contextSource":"ENDPOINT"}"""u8.ToArray(), cancellationToken);
            if (JsonNode.Parse(answer) is JsonObject found && found.ContainsKey("guardrailPolicies"))
            {
                policies.TakeAkto(AktoPolicies.Map(found));
                Log();
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or ConsoleRefusedException or TimeoutException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogNotFetched(logger, fault.GetType().Name);
        }
    }

    private void Changed()
    {
        policies.Refresh(always: true);
        Log();
    }

    private void Log()
    {
        LogInForce(logger, policies.InForce.Count, string.Join("; ", policies.InForce));
        foreach (var error in policies.Errors)
        {
            LogWrong(logger, error);
        }
    }

    [LoggerMessage(4090, LogLevel.Information, "{Count} guardrail policies in force: {Policies}")]
    private static partial void LogInForce(ILogger logger, int count, string policies);

    [LoggerMessage(4091, LogLevel.Error, "a guardrail policy is left out: {Error}")]
    private static partial void LogWrong(ILogger logger, string error);

    [LoggerMessage(4092, LogLevel.Debug, "the guardrail policies could not be fetched ({Fault}); those known stay in force")]
    private static partial void LogNotFetched(ILogger logger, string fault);
}
