using AktoDivert.Capture.Guarding;
using AktoDivert.Capture.Records;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Threading;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Capture;

/// <summary>
/// Step 5: has each exchange judged that no gate judged, and makes it into a record (decode, reassemble, scrub, cut), one at a time off the
/// traffic's threads, for the outbox and the live feed. It works as fast as its readers take; what they do not take waits in the ring, and costs
/// nothing if newer calls take its place. Register it after the uploader: hosted services stop in reverse order, and what this one
/// finishes on its way out is still spooled then.
/// </summary>
public sealed partial class CaptureWorker : BackgroundService
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(1);

    private readonly ExchangeRing _ring;
    private readonly RecordOutbox? _outbox;
    private readonly RecordFeed _feed;
    private readonly IGuard _guard;
    private readonly PathDecisions _paths;
    private readonly RecordBuilder _builder;
    private readonly ExchangeJudge _judge;
    private readonly AgentCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger<CaptureWorker> _logger;
    private readonly Pulse _wake = new();

    /// <summary>Makes the worker after <paramref name="ring"/>. <paramref name="outbox"/> is null when nobody uploads.</summary>
    public CaptureWorker(
        ExchangeRing ring,
        RecordFeed feed,
        PolicyProvider policy,
        IGuard guard,
        DeviceIdentity device,
        CaptureOptions options,
        AgentCounters counters,
        TimeProvider time,
        ILogger<CaptureWorker> logger,
        RecordOutbox? outbox = null)
    {
        (_ring, _outbox, _feed, _guard, _counters, _time, _logger) = (ring, outbox, feed, guard, counters, time, logger);
        _paths = new PathDecisions(policy);
        _builder = new RecordBuilder(options, device, time, counters);
        _judge = new ExchangeJudge(guard, options, counters);
    }

    /// <summary>How long calls wait for a first look where nobody uploads: they hold what apps sign in with.</summary>
    internal TimeSpan UnreadAge { get; init; } = TimeSpan.FromMinutes(5);

    // An outbox brings every call to the console, as fast as that takes them. Without one, calls are for those who look on, and for policies.
    private bool IsWanted => _outbox is null ? _feed.HasViews || _guard.IsWatching : _outbox.HasRoom;

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _feed.Subscribed += _wake.Set;
        _guard.WatchBegan += _wake.Set;
        if (_outbox is not null)
        {
            _outbox.Taken += _wake.Set;
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _builder.Dispose();
        _judge.Dispose();
        _wake.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _feed.Subscribed -= _wake.Set;
        _guard.WatchBegan -= _wake.Set;
        if (_outbox is not null)
        {
            _outbox.Taken -= _wake.Set;
        }

        // The uploader stops after this: the outbox takes all, and goes to the spool.
        var start = _time.GetTimestamp();
        while ((_outbox is not null || IsWanted) && _time.GetElapsedTime(start) < DrainLimit && _ring.TryTake(out var exchange))
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
                await _ring.WaitAsync(stoppingToken);
                while (!stoppingToken.IsCancellationRequested && IsWanted && _ring.TryTake(out var exchange))
                {
                    await ProcessAsync(exchange, stoppingToken);
                }

                while (!IsWanted)
                {
                    if (!await _wake.WaitAsync(UnreadAge / 5, stoppingToken) && _outbox is null)
                    {
                        _ring.DropBefore(_time.GetTimestamp() - (long)(UnreadAge.TotalSeconds * _time.TimestampFrequency));
                    }
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
        if (_outbox is null && !_feed.Wants(exchange))
        {
            return;
        }

        var record = _builder.Build(exchange, pathRule);
        _outbox?.Add(record);

        // Before anybody can see it.
        _counters.Add("capture.recorded");
        _feed.Publish(record, exchange);
    }

    // The message of an exception may quote content, its type and place do not.
    [LoggerMessage(3000, LogLevel.Error, "Capture: an exchange of flow {Flow} could not be recorded: {Fault}{Place}")]
    private partial void LogFault(ulong flow, string fault, string place);
}
