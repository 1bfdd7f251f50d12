using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Processes;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Processes with even ids run; every third connection has an owner.</summary>
internal sealed class ScriptedProcesses : IProcessResolver, IConnectionTable
{
    public RunningProcess? Resolve(int processId) => processId % 2 == 0
        ? new RunningProcess(new ProcessIdentity { Pid = processId, Name = "claude", ParentPid = processId / 2 }, DateTimeOffset.UnixEpoch)
        : null;

    public IReadOnlyList<int> RunningProcesses() => [];

    public void OwnersOfTcp(ReadOnlySpan<FlowKey> flows, Span<int> owners)
    {
        for (var i = 0; i < flows.Length; i++)
        {
            owners[i] = flows[i].LocalPort % 3 == 0 ? 100 : 0;
        }
    }

    public IReadOnlyList<ushort> UdpPortsOf(int processId) => [];
}
