using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Flows;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect.Engine;

/// <summary>
/// Redirects by reflecting packets at a driver with the abilities of WinDivert. Keeps one <see cref="DivertSession"/> running: ends it when
/// it cannot go on, so that everything goes direct, and starts another when it may help.
/// </summary>
internal sealed class WinDivertRedirector : IFlowRedirector, ISuspendable
{
    private static readonly TimeSpan _idlePeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _stopLimit = TimeSpan.FromSeconds(5);

    private readonly EngineEnvironment _with;
    private readonly ILogger _logger;
    private readonly ProcessJudge _judge;
    private readonly Lock _gate = new();
    private readonly IEngineThread _supervisor;
    private readonly IEngineThread _watchdog;
    private volatile DivertSession? _session;
    private volatile RedirectorHealth _health = RedirectorHealth.Stopped;
    private RedirectCounters _past = new();
    private RedirectTarget? _target;
    private TimeSpan _pause;
    private long _pauseSince;
    private int _failures;
    private long _restarts;
    private long _orphans;
    private long _lastBeat;
    private bool _slow;
    private bool _asleep;
    private volatile bool _disposed;

    /// <summary>Makes a redirector that does nothing until it is started.</summary>
    public WinDivertRedirector(EngineEnvironment with, ILogger<WinDivertRedirector> logger)
    {
        _with = with;
        _logger = logger;
        _judge = new ProcessJudge(with.Processes, with.Time);
        _supervisor = with.Threads.Start("divert-supervise", ThreadPriority.AboveNormal, Supervise);
        _watchdog = with.Threads.Start("divert-watchdog", ThreadPriority.Highest, Watch);
    }

    /// <inheritdoc />
    public string Engine => "windivert";

    /// <inheritdoc />
    public RedirectorHealth Health => _health;

    /// <inheritdoc />
    public ProxyPlacement Placement => ProxyPlacement.Reflected;

    /// <inheritdoc />
    public async ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken)
    {
        RedirectTargets.Validate(target);
        await Task.Run(() => Start(target), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Select(ProcessSelection selection)
    {
        _judge.Selection = selection;
        _session?.SelectionChanged();
    }

    /// <inheritdoc />
    public RedirectedFlow? Resolve(Socket accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        var flow = _session is { } session ? AcceptedFlow.Find(accepted, session.Table) : null;
        if (flow is null)
        {
            Interlocked.Increment(ref _orphans);
        }

        return flow;
    }

    /// <inheritdoc />
    public void Beat() => Interlocked.Exchange(ref _lastBeat, _with.Time.GetTimestamp());

    /// <inheritdoc />
    public RedirectCounters ReadCounters()
    {
        lock (_gate)
        {
            return _past + (_session?.ReadCounters() ?? new RedirectCounters()) + new RedirectCounters
            {
                Orphans = Interlocked.Read(ref _orphans),
                Restarts = _restarts,
            };
        }
    }

    /// <inheritdoc />
    public void Suspend()
    {
        lock (_gate)
        {
            _asleep = true;
            EndSession();
        }
    }

    /// <inheritdoc />
    public void Resume()
    {
        lock (_gate)
        {
            _asleep = false;
            _pause = TimeSpan.Zero;
            Beat();
        }

        _supervisor.Wake();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_session is { } session)
        {
            session.StopNewFlows();
            await DrainAsync(session.Table).ConfigureAwait(false);
        }

        lock (_gate)
        {
            _target = null;
            EndSession();
            _health = RedirectorHealth.Stopped;
        }

        _ = _supervisor.Stop(_stopLimit);
        _ = _watchdog.Stop(_stopLimit);
    }

    private async Task DrainAsync(FlowTable flows)
    {
        using var timer = new PeriodicTimer(_with.Options.WatchdogPeriod, _with.Time);
        var start = _with.Time.GetTimestamp();
        while (flows.RedirectedCount > 0 && _with.Time.GetElapsedTime(start) < _with.Options.StopGrace)
        {
            await timer.WaitForNextTickAsync().ConfigureAwait(false);
        }
    }

    private void Start(RedirectTarget target)
    {
        lock (_gate)
        {
            EndSession();
            _target = target;
            _failures = 0;
            _pause = TimeSpan.Zero;
            Beat();
            Open();
        }
    }

    private TimeSpan? Supervise()
    {
        if (_disposed)
        {
            return null;
        }

        lock (_gate)
        {
            if (_session is { } session)
            {
                session.Tick(_with.Time.GetElapsedTime(Interlocked.Read(ref _lastBeat)) > _target!.HeartbeatTimeout);
                Warn(session);
                if (session.End is { } end)
                {
                    EndSession();
                    Note(end);
                }
            }
            else if (_target is not null && !_asleep && _failures < _with.Options.MaxFailures && _with.Time.GetElapsedTime(_pauseSince) >= _pause)
            {
                Open();
            }

            return _session?.Table.PendingCount > 0 ? _with.Options.Period : _idlePeriod;
        }
    }

    private TimeSpan? Watch()
    {
        _session?.Watch();
        return _disposed ? null : _with.Options.WatchdogPeriod;
    }

    private void Open()
    {
        var session = new DivertSession(_with, _target!, _judge, () => _supervisor.Wake());
        if (session.Open() is { } failed)
        {
            Note(failed);
            return;
        }

        _session = session;
        _slow = false;
        _health = RedirectorHealth.Active;
        RedirectLog.Diverting(_logger, _with.Driver.Name, _target!.PortV4, _target.PortV6);
    }

    private void EndSession()
    {
        if (_session is { } session)
        {
            session.Close();
            _past += session.ReadCounters();
            _session = null;
            RedirectLog.Detached(_logger);
        }
    }

    // How long to wait before the next attempt: doubling for a driver that fails, fixed after an overload or a stall.
    private void Note(SessionEnd end)
    {
        var (first, longest) = _with.Options.Backoff;
        _restarts++;
        _failures = end.IsFatal ? _with.Options.MaxFailures : end.IsFailure ? _failures + 1 : 0;
        _pause = end.IsFailure ? first * Math.Pow(2, Math.Min(_failures - 1, 16)) : _with.Options.RecoveryTime;
        _pause = _pause > longest ? longest : _pause;
        _pauseSince = _with.Time.GetTimestamp();
        _health = RedirectorHealth.Unavailable(end.Reason, end.Fix);
        RedirectLog.Unavailable(_logger, end.Reason, end.Fix);
    }

    private void Warn(DivertSession session)
    {
        if (session.Wait.IsSlow != _slow)
        {
            _slow = !_slow;
            if (_slow)
            {
                RedirectLog.Slow(_logger, (int)session.Wait.Average.TotalMilliseconds);
            }
        }

        // A driver that works for a while has recovered: failures count in a row only.
        if (_failures > 0 && session.Table.ReadCounters().Redirected > 0)
        {
            _failures = 0;
        }
    }
}
