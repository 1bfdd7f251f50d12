using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Processes;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>The processes of the simulated machine, and who owns which connection.</summary>
internal sealed class SimProcesses : IProcessResolver, IConnectionTable
{
    internal Dictionary<int, RunningProcess> Running { get; } = [];

    internal Dictionary<FlowKey, int> Owners { get; } = [];

    internal Dictionary<int, ushort[]> UdpPorts { get; } = [];

    /// <summary>Whether the connection table lists anything.</summary>
    internal bool TableWorks { get; set; } = true;

    /// <summary>How long it takes to look at a process, and to read the connection table.</summary>
    internal TimeSpan LookTime { get; set; }

    /// <summary>Lets a time pass for the one who looks, while everything else goes on.</summary>
    internal Action<TimeSpan> Wait { get; set; } = static _ => { };

    public RunningProcess? Resolve(int processId)
    {
        Wait(LookTime);
        return Running.GetValueOrDefault(processId);
    }

    public IReadOnlyList<int> RunningProcesses() => [.. Running.Keys];

    public void OwnersOfTcp(ReadOnlySpan<FlowKey> flows, Span<int> owners)
    {
        Wait(LookTime);
        for (var i = 0; i < flows.Length; i++)
        {
            owners[i] = TableWorks ? Owners.GetValueOrDefault(flows[i]) : 0;
        }
    }

    public IReadOnlyList<ushort> UdpPortsOf(int processId) => UdpPorts.GetValueOrDefault(processId) ?? [];

    internal void Add(int processId, string name, DateTimeOffset started, int parent = 0) => Running[processId] =
        new RunningProcess(new ProcessIdentity { Pid = processId, Name = name, ParentPid = parent }, started);
}
