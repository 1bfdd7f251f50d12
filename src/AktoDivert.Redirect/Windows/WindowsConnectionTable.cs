using System.Runtime.Versioning;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Processes;
using AktoDivert.Redirect.Windows.Interop;

namespace AktoDivert.Redirect.Windows;

/// <summary>The connections that Windows knows, 1 to 3 ms to read a table.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsConnectionTable : IConnectionTable
{
    // A dual-mode socket stands in the IPv6 table under its v4-mapped address.
    private static readonly UInt128 MappedPrefix = (UInt128)0xffff << 32;

    /// <inheritdoc />
    public void OwnersOfTcp(ReadOnlySpan<FlowKey> flows, Span<int> owners)
    {
        byte[]? v4 = null, v6 = null;
        for (var i = 0; i < flows.Length; i++)
        {
            var key = flows[i];
            owners[i] = key.IsV6 ? 0 : ConnectionRows.OwnerOfTcp(v4 ??= ConnectionTables.TcpTable(v6: false), key);
            if (owners[i] == 0)
            {
                var mapped = key.IsV6 ? key : key with { Local = MappedPrefix | key.Local, Remote = MappedPrefix | key.Remote, IsV6 = true };
                owners[i] = ConnectionRows.OwnerOfTcp(v6 ??= ConnectionTables.TcpTable(v6: true), mapped);
            }
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<ushort> UdpPortsOf(int processId)
    {
        var ports = new HashSet<ushort>();
        ConnectionRows.AddUdpPorts(ConnectionTables.UdpTable(v6: false), v6: false, processId, ports);
        ConnectionRows.AddUdpPorts(ConnectionTables.UdpTable(v6: true), v6: true, processId, ports);
        return [.. ports];
    }
}
