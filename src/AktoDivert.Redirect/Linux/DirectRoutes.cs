using System.Net;
using System.Text;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect.Linux;

/// <summary>
/// Keeps the tables of native/ebpf/direct.h, and does what the programs cannot: destroys a socket that may not go direct.
/// </summary>
internal sealed class DirectRoutes : IDirectRoutes, IDisposable
{
    /// <summary>What is loaded only for direct connections.</summary>
    internal static readonly string[] Parts = [Follower, Reader, WatchedSockets, Events];

    private const string Follower = "follow_direct";
    private const string Reader = "read_hello";
    private const string WatchedSockets = "direct_sockets";
    private const string Events = "direct_events";
    private const int Destinations = 2048;

    private readonly BpfMap<DestinationRecord, DirectValueRecord> _destinations;
    private readonly BpfMap<HostKeyRecord, HostVerdict> _hosts;
    private readonly FlowResolver _flows;
    private readonly IDirectFlowObserver _observer;
    private readonly ILogger _logger;
    private readonly EventRing<DirectEventRecord> _events;
    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, ulong> _until = [];
    private List<HostKeyRecord> _held = [];
    private List<HostKeyRecord> _heldBefore = [];
    private ulong _generation;
    private bool _holds;
    private bool _closed;

    /// <summary>Starts to handle events; throws <see cref="BpfException"/>.</summary>
    internal DirectRoutes(BpfObject loaded, FlowResolver flows, IDirectFlowObserver observer, ILogger logger)
    {
        _destinations = loaded.Map<DestinationRecord, DirectValueRecord>("direct_destinations");
        _hosts = loaded.Map<HostKeyRecord, HostVerdict>("direct_hosts");
        _flows = flows;
        _observer = observer;
        _logger = logger;
        _events = new EventRing<DirectEventRecord>(loaded.Map<uint, uint>(Events).Descriptor, "direct flows", Handle);
    }

    /// <summary>
    /// Loads the programs with those for direct connections in place, but not attached to the cgroup yet; null when this machine cannot
    /// have them, which is logged.
    /// </summary>
    internal static BpfObject? Load(ReadOnlySpan<byte> elf, ILogger logger)
    {
        if (!SocketDiagnosis.CanDestroy())
        {
            RedirectLog.NoDirectRoutes(logger, "this kernel destroys no sockets for the agent (CONFIG_INET_DIAG_DESTROY, CAP_NET_ADMIN)");
            return null;
        }

        BpfObject? loaded = null;
        try
        {
            loaded = BpfObject.Load(elf);
            loaded.AttachToMessages(Reader, WatchedSockets);
            return loaded;
        }
        catch (BpfException refused)
        {
            loaded?.Dispose();
            RedirectLog.NoDirectRoutes(logger, $"{refused.Message} (libbpf: {LibBpfLog.Read()}; it needs CONFIG_BPF_STREAM_PARSER)");
            return null;
        }
    }

    public bool Hold(IReadOnlyCollection<HostArea> intercepted)
    {
        ArgumentNullException.ThrowIfNull(intercepted);
        lock (_gate)
        {
            WithdrawEach();

            // The last generation serves connections that are being made; the one before it is of an older policy, and gone before the new
            // one is complete.
            foreach (var key in _heldBefore)
            {
                _ = _hosts.Remove(key);
            }

            _generation++;
            (_heldBefore, _held) = (_held, []);
            _holds = Keys(intercepted).All(entry => Put(entry.Key, entry.Verdict));
            return _holds;
        }
    }

    public bool Allow(IPEndPoint destination, TimeSpan time)
    {
        ArgumentNullException.ThrowIfNull(destination);
        lock (_gate)
        {
            var now = Monotonic.Nanoseconds;
            foreach (var (old, _) in _until.Where(entry => entry.Value < now).ToArray())
            {
                Remove(old);
            }

            var until = now + (ulong)time.TotalNanoseconds;
            var allowed = _holds && !_closed && _until.Count < Destinations && _destinations.Set(KeyOf(destination), new DirectValueRecord(until, _generation));
            if (allowed)
            {
                _until[destination] = until;
            }

            return allowed;
        }
    }

    public void Withdraw(IPEndPoint destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        lock (_gate)
        {
            Remove(destination);
        }
    }

    public void Dispose() => _events.Dispose();

    private static DestinationRecord KeyOf(IPEndPoint destination) => new()
    {
        Address = AddressRecord.From(destination.Address),
        Port = (ushort)destination.Port,
    };

    // What intercepts comes first: a generation without its own entry lets nothing pass.
    private IEnumerable<(HostKeyRecord Key, HostVerdict Verdict)> Keys(IReadOnlyCollection<HostArea> intercepted)
    {
        foreach (var area in intercepted.Where(area => area.Domain.Length is > 0 and < NameRecord.Length && Ascii.IsValid(area.Domain)))
        {
            if (area.Itself)
            {
                yield return (HostKeyRecord.Of(_generation, area.Domain, below: false), HostVerdict.Intercepted);
            }

            if (area.Below)
            {
                yield return (HostKeyRecord.Of(_generation, area.Domain, below: true), HostVerdict.Intercepted);
            }
        }

        var every = intercepted.Any(area => area.Domain.Length == 0);
        yield return (HostKeyRecord.OfGeneration(_generation), every ? HostVerdict.Intercepted : HostVerdict.Passes);
    }

    private bool Put(HostKeyRecord key, HostVerdict verdict)
    {
        var put = _hosts.Set(key, verdict);
        if (put)
        {
            _held.Add(key);
        }

        return put;
    }

    private void Remove(IPEndPoint destination)
    {
        if (_until.Remove(destination))
        {
            _ = _destinations.Remove(KeyOf(destination));
        }
    }

    private void Handle(DirectEventRecord told)
    {
        var flow = told.Direct.Flow;
        switch (told.Kind)
        {
            case DirectEventKind.Passed:
                _observer.Started(_flows.Describe(flow), HostOf(told));
                break;
            case DirectEventKind.Refused:
                Destroy(told);
                _observer.Refused(_flows.Describe(flow), HostOf(told));
                break;
            case DirectEventKind.Unwatched:
                Destroy(told);
                Close();
                _observer.Refused(_flows.Describe(flow), "");
                break;
            case DirectEventKind.Ended:
                _observer.Ended(flow.Cookie, (long)told.Sent, (long)told.Received);
                break;
        }
    }

    // Where sockets cannot be watched, each connection that goes direct would be reset.
    private void Close()
    {
        lock (_gate)
        {
            WithdrawEach();
            if (!_closed)
            {
                _closed = true;
                RedirectLog.NoDirectRoutes(_logger, "a socket could not be watched: another program on this machine watches it (sk_msg), or its app sends data with the SYN");
            }
        }
    }

    private void WithdrawEach()
    {
        foreach (var destination in _until.Keys.ToArray())
        {
            Remove(destination);
        }
    }

    private void Destroy(in DirectEventRecord told)
    {
        var flow = told.Direct.Flow;
        var destination = new IPEndPoint(flow.Destination.ToAddress(), flow.Port);
        Withdraw(destination);
        var local = new IPEndPoint(told.Local.ToAddress(), (int)told.LocalPort);
        if (SocketDiagnosis.Destroy(FlowKey.From(local, destination), flow.Cookie) is var error and not (0 or SocketDiagnosis.NoSuchSocket))
        {
            RedirectLog.NotDestroyed(_logger, destination, error);
        }
    }

    private static string HostOf(in DirectEventRecord told) => HostName.Parse(told.Name.Text) ?? "";
}
