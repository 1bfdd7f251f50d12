using System.Net.Sockets;
using System.Runtime.InteropServices;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect.Linux;

/// <summary>
/// Redirects at connect() by cgroup eBPF programs: the destination is rewritten before a packet exists, and the flow is noted before
/// the SYN leaves. The programs are not pinned, so they go with this process, however it ends.
/// </summary>
internal sealed class BpfRedirector(ILogger<BpfRedirector> logger, TimeProvider time) : IFlowRedirector
{
    private static readonly TimeSpan _sourceRefresh = TimeSpan.FromSeconds(5);
    private readonly AppTable _apps = new();
    private readonly Lock _gate = new();
    private ProcessSelection _selection = new(RedirectScope.AllowList, []);
    private volatile Attachment? _attachment;
    private volatile RedirectorHealth _health = RedirectorHealth.Stopped;
    private long _sourcesRead;
    private long _orphans;

    public string Engine => "ebpf";

    public RedirectorHealth Health => _health;

    public IDirectRoutes? DirectRoutes => _attachment?.Direct;

    public async ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken)
    {
        RedirectTargets.Validate(target);
        await Task.Run(() => Start(target), cancellationToken).ConfigureAwait(false);
    }

    public void Select(ProcessSelection selection)
    {
        lock (_gate)
        {
            _selection = selection;
            _attachment?.Select(selection);
        }
    }

    public RedirectedFlow? Resolve(Socket accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        var flow = _attachment?.Resolve(accepted);
        if (flow is null)
        {
            Interlocked.Increment(ref _orphans);
        }

        return flow;
    }

    public void Beat()
    {
        if (_attachment is not { } attachment)
        {
            return;
        }

        attachment.Beat();
        if (time.GetElapsedTime(Interlocked.Read(ref _sourcesRead)) > _sourceRefresh)
        {
            Interlocked.Exchange(ref _sourcesRead, time.GetTimestamp());
            attachment.RefreshSources();
        }
    }

    public RedirectCounters ReadCounters()
    {
        var attachment = _attachment;
        return new RedirectCounters
        {
            Seen = Read(KernelCounter.Seen),
            Redirected = Read(KernelCounter.Redirected),
            QuicDenied = Read(KernelCounter.QuicDenied),
            NotSelected = Read(KernelCounter.NotSelected),
            Own = Read(KernelCounter.Own),
            OtherNamespace = Read(KernelCounter.OtherNamespace),
            BoundToDevice = Read(KernelCounter.BoundToDevice),
            HeartbeatLate = Read(KernelCounter.HeartbeatLate),
            NoListener = Read(KernelCounter.NoListener),
            Lost = Read(KernelCounter.Lost),
            Direct = Read(KernelCounter.Direct),
            DirectRefused = Read(KernelCounter.DirectRefused),
            EventsLost = Read(KernelCounter.EventsLost),
            Orphans = Interlocked.Read(ref _orphans),
        };

        long Read(KernelCounter counter) => attachment?.Read(counter) ?? 0;
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            Detach();
            _health = RedirectorHealth.Stopped;
        }

        return ValueTask.CompletedTask;
    }

    private void Start(RedirectTarget target)
    {
        lock (_gate)
        {
            Detach();
            try
            {
                KernelRequirements.Check();
                _attachment = Attach(target);
                _health = RedirectorHealth.Active;
                Beat();
            }
            catch (RedirectUnavailableException missing)
            {
                _health = RedirectorHealth.Unavailable(missing.Message, missing.Fix);
                RedirectLog.Unavailable(logger, missing.Message, missing.Fix);
            }
        }
    }

    private Attachment Attach(RedirectTarget target)
    {
        try
        {
            return RuntimeInformation.ProcessArchitecture == Architecture.X64
                ? new Attachment(target, _selection, _apps, logger)
                : throw new RedirectUnavailableException(
                    $"there are no redirect programs for {RuntimeInformation.ProcessArchitecture} yet",
                    "build native/ebpf for this architecture and embed the object");
        }
        catch (DllNotFoundException)
        {
            throw KernelRequirements.LibraryMissing();
        }
        catch (BpfException refused)
        {
            throw KernelRequirements.Explain(refused);
        }
    }

    private void Detach()
    {
        if (_attachment is not null)
        {
            _attachment.Dispose();
            _attachment = null;
            RedirectLog.Detached(logger);
        }
    }
}
