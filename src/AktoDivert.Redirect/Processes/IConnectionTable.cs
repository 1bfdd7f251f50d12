using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Processes;

/// <summary>
/// The operating system's own table of connections (GetExtendedTcpTable, sock_diag): the second source of attribution, asked away from
/// the packet threads. None throws for what is not there.
/// </summary>
internal interface IConnectionTable
{
    /// <summary>
    /// The processes that own TCP connections, half-open ones included; 0 for one that the table does not list. Asked for many at once,
    /// since it is reading the table that takes time: milliseconds.
    /// </summary>
    /// <param name="flows">The connections.</param>
    /// <param name="owners">Takes the process ids, as many as flows.</param>
    void OwnersOfTcp(ReadOnlySpan<FlowKey> flows, Span<int> owners);

    /// <summary>Local UDP ports that a process has open.</summary>
    IReadOnlyList<ushort> UdpPortsOf(int processId);
}
