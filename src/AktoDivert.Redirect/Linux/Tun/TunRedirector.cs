using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Engine;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect.Linux.Tun;

/// <summary>
/// Linux's engine where BPF is not to be had: the packet engine over a TUN device. A TUN device cannot send a packet on, so every
/// connection it is given is brought to the listener; those of processes that are not meant are tunnelled untouched.
/// </summary>
internal sealed class TunRedirector(TunSelection scope, EngineOptions options, ILogger<TunRedirector> logger, TimeProvider time) : IFlowRedirector
{
    private readonly ProcessJudge _judge = new(new LinuxProcessResolver(), time) { RedirectsAll = true };
    private readonly Lock _gate = new();
    private volatile TunSession? _session;
    private volatile RedirectorHealth _health = RedirectorHealth.Stopped;
    private RedirectCounters _past = new();
    private long _orphans;
    private long _lastBeat;

    /// <inheritdoc />
    public string Engine => "tun";

    /// <inheritdoc />
    public RedirectorHealth Health => _health;

    /// <inheritdoc />
    public ProxyPlacement Placement => new(true, options.Flows.OwnPorts.First, options.Flows.OwnPorts.Last);

    /// <inheritdoc />
    public async ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken)
    {
        RedirectTargets.Validate(target);
        await Task.Run(() => Start(target), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Select(ProcessSelection selection) => _judge.Selection = selection;

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
    public void Beat() => Interlocked.Exchange(ref _lastBeat, time.GetTimestamp());

    /// <inheritdoc />
    public RedirectCounters ReadCounters()
    {
        lock (_gate)
        {
            return _past + (_session?.ReadCounters() ?? new RedirectCounters())
                + new RedirectCounters { Orphans = Interlocked.Read(ref _orphans) };
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            End();
            _health = RedirectorHealth.Stopped;
        }

        return ValueTask.CompletedTask;
    }

    private void Start(RedirectTarget target)
    {
        lock (_gate)
        {
            End();
            Beat();
            try
            {
                // Setting up may take longer than a beat may be late.
                var session = new TunSession(target, scope, options, _judge, time, IsBeatLate);
                Beat();
                _session = session;
                _health = RedirectorHealth.Active;
                RedirectLog.Diverting(logger, "TUN device", target.PortV4, target.PortV6);
            }
            catch (RedirectUnavailableException missing)
            {
                _health = RedirectorHealth.Unavailable(missing.Message, missing.Fix);
                RedirectLog.Unavailable(logger, missing.Message, missing.Fix);
            }
        }

        bool IsBeatLate() => _session is not null && time.GetElapsedTime(Interlocked.Read(ref _lastBeat)) > target.HeartbeatTimeout;
    }

    private void End()
    {
        if (_session is not null)
        {
            _session.Dispose();
            _past += _session.ReadCounters();
            _session = null;
            RedirectLog.Detached(logger);
        }
    }
}
