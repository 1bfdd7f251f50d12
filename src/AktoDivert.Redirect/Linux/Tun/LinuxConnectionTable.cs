using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Linux.Interop;
using AktoDivert.Redirect.Processes;

namespace AktoDivert.Redirect.Linux.Tun;

/// <summary>
/// Owners of connections by sock_diag and the descriptors that /proc shows. However many connections are asked for, each process is looked
/// at once. For one thread.
/// </summary>
internal sealed class LinuxConnectionTable : IConnectionTable
{
    private const int Remembered = 64;

    // Processes that opened connections before, the last one first: most often it is one of them again.
    private readonly List<int> _recent = [];
    private readonly Dictionary<uint, int> _wanted = [];
    private readonly List<uint> _open = [];

    /// <inheritdoc />
    public void OwnersOfTcp(ReadOnlySpan<FlowKey> flows, Span<int> owners)
    {
        owners.Clear();
        _wanted.Clear();
        for (var i = 0; i < flows.Length; i++)
        {
            if (SocketDiagnosis.InodeOf(flows[i]) is var inode and not 0)
            {
                _wanted[inode] = i;
            }
        }

        // The newest processes before the others: an app that just connects is likely to be among them.
        int[] recent = [.. _recent];
        foreach (var processId in recent.Concat(ProcessFiles.RunningPids().OrderDescending().Except(recent)))
        {
            if (_wanted.Count == 0)
            {
                break;
            }

            LookAt(processId, owners);
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<ushort> UdpPortsOf(int processId) => [];

    private void LookAt(int processId, Span<int> owners)
    {
        _open.Clear();
        OpenSockets.Read(processId, _open);
        var owns = false;
        foreach (var inode in _open)
        {
            if (_wanted.Remove(inode, out var flow))
            {
                owners[flow] = processId;
                owns = true;
            }
        }

        if (owns)
        {
            _recent.Remove(processId);
            _recent.Insert(0, processId);
            if (_recent.Count > Remembered)
            {
                _recent.RemoveAt(Remembered);
            }
        }
    }
}
