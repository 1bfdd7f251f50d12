using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect.Linux;

/// <summary>The programs in the kernel, and all that lives exactly as long as they do.</summary>
internal sealed class Attachment : IDisposable
{
    private const string ObjectName = "redirect.x64.bpf.o";
    private const int SocketLevel = 1;
    private const int NetworkNamespaceCookie = 71;
    private readonly BpfObject _object;
    private readonly RedirectMaps _maps;
    private readonly ProcessTable _processes;
    private readonly FlowResolver _flows;
    private readonly SourceAddresses _sources;
    private readonly RedirectTarget _target;
    private readonly ulong _networkNamespace;
    private readonly EventRing<ExecEventRecord> _events;
    private readonly DirectRoutes? _direct;

    /// <summary>
    /// Loads and attaches. Everything is in place before the first program runs, and the scan follows the tracepoints, so no
    /// process slips between the two. Throws <see cref="BpfException"/>.
    /// </summary>
    internal Attachment(RedirectTarget target, ProcessSelection selection, AppTable apps, ILogger logger)
    {
        _target = target;
        _networkNamespace = ReadNetworkNamespaceCookie();
        using var cgroup = CgroupRoot.Open();
        var image = ReadObject();
        var withDirect = target.DirectFlows is null ? null : DirectRoutes.Load(image, logger);
        _object = withDirect ?? BpfObject.Load(image, DirectRoutes.Parts);
        try
        {
            _maps = new RedirectMaps(_object);
            _processes = new ProcessTable(_maps, apps, logger);
            _sources = new SourceAddresses(_maps);
            _flows = new FlowResolver(_maps, _processes, apps, _sources, _networkNamespace);
            foreach (var word in target.Ports.GroupBy(port => (uint)port >> 6, port => 1UL << (port & 63)))
            {
                _ = _maps.Ports.Set(word.Key, word.Aggregate((a, b) => a | b));
            }

            _sources.RefreshDefaults();
            _direct = withDirect is null ? null : new DirectRoutes(_object, _flows, target.DirectFlows!, logger);
            Configure(selection);
            _events = new EventRing<ExecEventRecord>(_maps.ExecEvents, "exec events", exec => _processes.Decide((int)exec.Pid));
            _object.Attach(cgroup.Directory);
            _processes.Scan();
        }
        catch (BpfException)
        {
            _events?.Dispose();
            _direct?.Dispose();
            _object.Dispose();
            throw;
        }

        RedirectLog.Attached(logger, target.PortV4, target.PortV6, _object.Attached, cgroup.Place);
    }

    /// <summary>Null when none are wanted, or this machine cannot have them.</summary>
    internal IDirectRoutes? Direct => _direct;

    internal void Select(ProcessSelection selection)
    {
        Configure(selection);
        _processes.Scan();
        _flows.Forget();
    }

    internal RedirectedFlow? Resolve(Socket accepted) => _flows.Resolve(accepted);

    internal void Beat() => _ = _maps.Heartbeat.Set(0, Monotonic.Nanoseconds);

    internal void RefreshSources() => _sources.RefreshDefaults();

    internal long Read(KernelCounter counter) => _maps.Counters.SumOverProcessors((uint)counter);

    public void Dispose()
    {
        // The programs go first: an app's next connect is direct while the event thread ends.
        _maps.Config.Set(0, default);
        _events.Dispose();
        _direct?.Dispose();
        _object.Dispose();
    }

    private void Configure(ProcessSelection selection)
    {
        var allCandidates = _processes.Apply(selection);
        var config = new ConfigRecord
        {
            NetworkNamespace = _networkNamespace,
            HeartbeatNanoseconds = (ulong)_target.HeartbeatTimeout.TotalNanoseconds,
            OwnPid = (uint)Environment.ProcessId,
            PortV4 = (ushort)_target.PortV4,
            PortV6 = (ushort)_target.PortV6,
            Flags = (_target.DenyQuic ? RedirectFlags.DenyQuic : RedirectFlags.None)
                | (selection.Scope == RedirectScope.All ? RedirectFlags.ScopeAll : RedirectFlags.None)
                | (_direct is null ? RedirectFlags.None : RedirectFlags.Direct)
                | (allCandidates ? RedirectFlags.AllCandidates : RedirectFlags.None),
        };
        _ = _maps.Config.Set(0, config);
    }

    private static ulong ReadNetworkNamespaceCookie()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Span<byte> cookie = stackalloc byte[sizeof(ulong)];
        socket.GetRawSocketOption(SocketLevel, NetworkNamespaceCookie, cookie);
        return BitConverter.ToUInt64(cookie);
    }

    private static byte[] ReadObject()
    {
        using var resource = typeof(Attachment).Assembly.GetManifestResourceStream(ObjectName)!;
        var elf = new byte[resource.Length];
        resource.ReadExactly(elf);
        return elf;
    }
}
