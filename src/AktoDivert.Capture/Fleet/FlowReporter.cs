using System.Threading.Channels;
using AktoDivert.Capture.Upload;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Capture.Fleet;

/// <summary>
/// Tells the console of every flow of a selected process: when it is decided, while it moves bytes, and when it ends. Reports wait in memory
/// only, bounded and counted: a flow is an entry of a list, not a record that must never be lost.
/// </summary>
public sealed partial class FlowReporter : BackgroundService, IFlowObserver
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly Channel<Flow> _changed;
    private readonly FlowBacklog _backlog;
    private readonly ConsoleClient _console;
    private readonly DeviceIdentity _device;
    private readonly FlowReportOptions _options;
    private readonly AgentCounters _counters;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger<FlowReporter> _logger;
    private int _most = FlowReport.MostFlows;
    private bool _failed;

    /// <summary>Makes the reporter; <paramref name="random"/> draws the jitter of its pauses.</summary>
    public FlowReporter(
        ConsoleClient console,
        DeviceIdentity device,
        FlowReportOptions options,
        AgentCounters counters,
        TimeProvider time,
        Random random,
        ILogger<FlowReporter> logger)
    {
        (_console, _device, _options, _counters, _time, _logger) = (console, device, options, counters, time, logger);
        _backlog = new FlowBacklog(options.MostWaiting);
        _backoff = new Backoff(options.BackoffFirst, options.BackoffMost, random);
        _changed = Channel.CreateBounded<Flow>(
            new BoundedChannelOptions(options.MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => counters.Add("flows.dropped.queue-full"));
    }

    /// <inheritdoc />
    public void Classified(Flow flow) => Note(flow);

    /// <inheritdoc />
    public void Ended(Flow flow) => Note(flow);

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // The connections ended just before: one report tells so, if the console takes it at once.
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        grace.CancelAfter(StopGrace);
        try
        {
            Gather();
            await ReportAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            // It does not.
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var refreshed = _time.GetTimestamp();
            while (true)
            {
                await WaitAsync(_options.Refresh - _time.GetElapsedTime(refreshed), stoppingToken);
                Gather();
                if (_time.GetElapsedTime(refreshed) >= _options.Refresh)
                {
                    _backlog.Refresh();
                    refreshed = _time.GetTimestamp();
                }

                await Task.Delay(await ReportAsync(stoppingToken), _time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Note(Flow flow)
    {
        if (flow.Selected)
        {
            _changed.Writer.TryWrite(flow);
        }
    }

    // Until there is something to report, or time to look what the open flows did.
    private async Task WaitAsync(TimeSpan most, CancellationToken stoppingToken)
    {
        if (_backlog.Count > 0 || most <= TimeSpan.Zero)
        {
            return;
        }

        using var limit = new CancellationTokenSource(most, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            await _changed.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // Time to look.
        }
    }

    private void Gather()
    {
        while (_changed.Reader.TryRead(out var flow))
        {
            if (_backlog.Add(flow) is > 0 and var lost)
            {
                _counters.Add("flows.dropped.backlog-full", lost);
            }
        }
    }

    /// <summary>Sends what waits longest.</summary>
    /// <returns>The pause before the next report.</returns>
    private async Task<TimeSpan> ReportAsync(CancellationToken cancellationToken)
    {
        var flows = _backlog.Peek(_most);
        if (flows.Count == 0)
        {
            return _options.Interval;
        }

        var (outcome, retryAfter) = await _console.ReportAsync(new FlowReport(_device.Label, _device.UserName, flows), cancellationToken);
        switch (outcome)
        {
            case PostOutcome.Accepted:
                _counters.Add("flows.sent", flows.Count);
                return Succeed(flows);
            case PostOutcome.TooLarge when flows.Count > 1:
                _most = flows.Count / 2;
                return TimeSpan.Zero;
            case PostOutcome.TooLarge or PostOutcome.Refused:
                _counters.Add("flows.dropped.refused", flows.Count);
                return Succeed(flows);
            default:
                _counters.Add("flows.failed.attempt");
                Say(failed: true);
                return _backoff.Next(retryAfter);
        }
    }

    private TimeSpan Succeed(IReadOnlyList<FlowRecord> flows)
    {
        _backlog.Done(flows);
        _most = FlowReport.MostFlows;
        _backoff.Reset();
        Say(failed: false);

        // Who comes back from an outage has much to say and says it without pause.
        return _backlog.Count > 0 ? TimeSpan.Zero : _options.Interval;
    }

    private void Say(bool failed)
    {
        if (_failed != failed)
        {
            _failed = failed;
            LogState(failed ? "the console takes none now; they wait" : "the console takes them", _backlog.Count);
        }
    }

    [LoggerMessage(3230, LogLevel.Information, "Flow reports: {State}, {Waiting} flows wait")]
    private partial void LogState(string state, int waiting);
}
