using AktoDivert.Capture.Guarding;
using AktoDivert.Capture.Records;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Policy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Capture;

/// <summary>
/// Step 5: has each exchange judged that no gate judged, and makes it into a record (decode, reassemble, scrub, cut), one at a time off the
/// traffic's threads, and puts it into the ring and the live feed. Register it after the uploader: hosted services stop in reverse order,
/// and what this one finishes on its way out is still spooled then.
/// </summary>
public sealed partial class CaptureWorker : BackgroundService
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(1);

    private readonly CaptureQueue _queue;
    private readonly ExchangeRing _ring;
    private readonly RecordFeed _feed;
    private readonly PathDecisions _paths;
    private readonly RecordBuilder _builder;
    private readonly ExchangeJudge _judge;
    private readonly AgentCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger<CaptureWorker> _logger;

    /// <summary>Makes the worker between <paramref name="queue"/> and <paramref name="ring"/>.</summary>
    public CaptureWorker(
        CaptureQueue queue,
        ExchangeRing ring,
        RecordFeed feed,
        PolicyProvider policy,
        IGuard guard,
        DeviceIdentity device,
        CaptureOptions options,
        AgentCounters counters,
        TimeProvider time,
        ILogger<CaptureWorker> logger)
    {
        (_queue, _ring, _feed, _counters, _time, _logger) = (queue, ring, feed, counters, time, logger);
        _paths = new PathDecisions(policy);
        _builder = new RecordBuilder(options, device, time, counters);
        _judge = new ExchangeJudge(guard, options, counters);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _builder.Dispose();
        _judge.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var start = _time.GetTimestamp();
        while (_time.GetElapsedTime(start) < DrainLimit && _queue.TryTake(out var exchange))
        {
            await ProcessAsync(exchange, cancellationToken);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await _queue.WaitAsync(stoppingToken);
                while (!stoppingToken.IsCancellationRequested && _queue.TryTake(out var exchange))
                {
                    await ProcessAsync(exchange, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops; what still waits is taken by StopAsync.
        }
    }

    /// <summary>Makes one exchange into a record and releases it. Never throws.</summary>
    internal async Task ProcessAsync(Exchange exchange, CancellationToken cancellation)
    {
        try
        {
            var decision = _paths.Decide(exchange);
            if (!decision.Capture)
            {
                _counters.Add("capture.skipped.path-rule");
                return;
            }

            if (exchange.AddedTicks > 0)
            {
                StageMetrics.RelayAdded.Record(_time.GetElapsedTime(0, exchange.AddedTicks).TotalSeconds);
            }

            await _judge.JudgeAsync(exchange, cancellation);
            Record(exchange, decision.Rule);
        }
#pragma warning disable CA1031 // One exchange that nobody foresaw must not end the recording of all others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _counters.Add("capture.dropped.fault");
            LogFault(exchange.Flow.Id, e.GetType().Name, e.StackTrace ?? "");
        }
        finally
        {
            exchange.Release();
        }
    }

    private void Record(Exchange exchange, string pathRule)
    {
        var record = _builder.Build(exchange, pathRule);
        _ring.Add(record);
        _feed.Publish(record);
        _counters.Add("capture.recorded");
    }

    // The message of an exception may quote content, its type and place do not.
    [LoggerMessage(3000, LogLevel.Error, "Capture: an exchange of flow {Flow} could not be recorded: {Fault}{Place}")]
    private partial void LogFault(ulong flow, string fault, string place);
}
