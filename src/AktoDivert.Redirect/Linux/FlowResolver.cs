using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Redirect.Linux;

/// <summary>Finds the flow behind an accepted connection: one map look-up, and what /proc says of a process not seen before.</summary>
internal sealed class FlowResolver(
    RedirectMaps maps, ProcessTable processes, AppTable apps, SourceAddresses sources, ulong networkNamespace)
{
    private const int CacheLimit = 1024;
    private readonly ConcurrentDictionary<ProgramRun, (ProcessIdentity Identity, bool Selected)> _known = new();
    private readonly UserNames _users = new();

    /// <summary>Forgets who processes are, because the selection changed.</summary>
    internal void Forget() => _known.Clear();

    internal RedirectedFlow? Resolve(Socket accepted)
    {
        if (RemoteOf(accepted) is not { } remote)
        {
            return null;
        }

        var address = AddressRecord.From(remote.Address);
        var peer = new PeerRecord { NetworkNamespace = networkNamespace, Address = address, Port = (uint)remote.Port };
        if (!maps.Peers.TryGet(peer, out var flow))
        {
            return null;
        }

        if (flow.SourceKnown == 0)
        {
            sources.Learn(flow.Destination.ToAddress());
        }

        return Describe(flow);
    }

    /// <summary>A flow that the kernel noted.</summary>
    internal RedirectedFlow Describe(in FlowRecord flow)
    {
        var (identity, selected) = Identify(flow);
        return new RedirectedFlow(flow.Cookie, new IPEndPoint(flow.Destination.ToAddress(), flow.Port), identity, selected);
    }

    // An app that gave up between connect and accept leaves a socket without a far end.
    private static IPEndPoint? RemoteOf(Socket accepted)
    {
        try
        {
            return accepted.RemoteEndPoint as IPEndPoint;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private (ProcessIdentity Identity, bool Selected) Identify(in FlowRecord flow)
    {
        var run = new ProgramRun(flow.Pid, flow.StartNanoseconds, flow.ExecId, flow.State);
        if (_known.TryGetValue(run, out var known))
        {
            return known;
        }

        if (_known.Count >= CacheLimit)
        {
            _known.Clear();
        }

        return _known[run] = LookUp(flow);
    }

    private (ProcessIdentity Identity, bool Selected) LookUp(in FlowRecord flow)
    {
        var pid = (int)flow.Pid;
        var process = ProcessFiles.Read(pid);
        var running = process?.StartedAt(flow.StartNanoseconds) == true;
        var identity = running ? process!.Identity : new ProcessIdentity { Pid = pid, Name = flow.Executable.ToString() };
        identity = identity with { UserId = flow.UserId, UserName = _users.Of(flow.UserId) };

        if (running && processes.OwnMatch(identity) is { } match)
        {
            return (identity with { AppId = match.AppId, SelectedBy = match.Selector }, true);
        }

        var decision = flow.State switch
        {
            ProcessState.Selected => new ProcessDecision(flow.App, (int)flow.Root, ""),
            ProcessState.Undecided when running => processes.Decide(pid),
            _ => null,
        };
        if (decision is not null && apps[decision.App] is { } app)
        {
            var selectedBy = decision.Root == pid ? app.AppName : $"child of process {decision.Root} ({app.AppName})";
            return (identity with { AppId = app.AppId, SelectedBy = selectedBy }, true);
        }

        return (identity, processes.Selection.Scope == RedirectScope.All);
    }

    /// <summary>One run of one program: a process id, its start and the number of its execs.</summary>
    private readonly record struct ProgramRun(uint Pid, ulong StartNanoseconds, ulong ExecId, ProcessState State);
}
