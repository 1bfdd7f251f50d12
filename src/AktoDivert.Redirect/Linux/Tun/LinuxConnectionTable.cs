using System.Collections.Concurrent;
using System.Globalization;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Linux.Interop;
using AktoDivert.Redirect.Processes;

namespace AktoDivert.Redirect.Linux.Tun;

/// <summary>Owners of connections by sock_diag and the descriptors that /proc shows.</summary>
internal sealed class LinuxConnectionTable : IConnectionTable
{
    private const int Remembered = 64;

    // Processes that opened connections before: most often it is one of them again.
    private readonly ConcurrentQueue<int> _recent = new();

    /// <inheritdoc />
    public void OwnersOfTcp(ReadOnlySpan<FlowKey> flows, Span<int> owners)
    {
        for (var i = 0; i < flows.Length; i++)
        {
            owners[i] = OwnerOf(flows[i]);
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<ushort> UdpPortsOf(int processId) => [];

    private int OwnerOf(in FlowKey key)
    {
        var inode = SocketDiagnosis.InodeOf(key);
        if (inode == 0)
        {
            return 0;
        }

        var link = string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");
        var owner = _recent.FirstOrDefault(pid => Holds(pid, link));
        if (owner == 0)
        {
            // The newest processes last started: an app that just connects is likely to be among them.
            owner = ProcessFiles.RunningPids().OrderDescending().FirstOrDefault(pid => Holds(pid, link));
            Remember(owner);
        }

        return owner;
    }

    private void Remember(int processId)
    {
        if (processId != 0)
        {
            _recent.Enqueue(processId);
            while (_recent.Count > Remembered)
            {
                _ = _recent.TryDequeue(out _);
            }
        }
    }

    private static bool Holds(int processId, string link)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{processId}/fd").Any(path => new FileInfo(path).LinkTarget == link);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
