using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Windows;

/// <summary>Reads the tables of GetExtendedTcpTable and GetExtendedUdpTable (tcpmib.h, udpmib.h): a count, then rows of 32-bit words.</summary>
internal static class ConnectionRows
{
    private const int CountBytes = 4;
    private const int TcpRow = 24;
    private const int Tcp6Row = 56;
    private const int UdpRow = 12;
    private const int Udp6Row = 28;

    /// <summary>The owner of a flow in a table of MIB_TCPROW_OWNER_PID or MIB_TCP6ROW_OWNER_PID; 0 when it is not there.</summary>
    public static int OwnerOfTcp(ReadOnlySpan<byte> table, in FlowKey key)
    {
        var size = key.IsV6 ? Tcp6Row : TcpRow;
        for (var rows = Rows(table, size); rows.Length >= size; rows = rows[size..])
        {
            var found = key.IsV6
                ? BinaryPrimitives.ReadUInt128BigEndian(rows) == key.Local && Port(rows, 20) == key.LocalPort
                    && BinaryPrimitives.ReadUInt128BigEndian(rows[24..]) == key.Remote && Port(rows, 44) == key.RemotePort
                : BinaryPrimitives.ReadUInt32BigEndian(rows[4..]) == key.Local && Port(rows, 8) == key.LocalPort
                    && BinaryPrimitives.ReadUInt32BigEndian(rows[12..]) == key.Remote && Port(rows, 16) == key.RemotePort;
            if (found)
            {
                return Number(rows, key.IsV6 ? 52 : 20);
            }
        }

        return 0;
    }

    /// <summary>Adds a process's local ports in a table of MIB_UDPROW_OWNER_PID or MIB_UDP6ROW_OWNER_PID.</summary>
    public static void AddUdpPorts(ReadOnlySpan<byte> table, bool v6, int processId, HashSet<ushort> ports)
    {
        var (size, portAt, ownerAt) = v6 ? (Udp6Row, 20, 24) : (UdpRow, 4, 8);
        for (var rows = Rows(table, size); rows.Length >= size; rows = rows[size..])
        {
            if (Number(rows, ownerAt) == processId)
            {
                ports.Add(Port(rows, portAt));
            }
        }
    }

    // The count is Windows's word; what is not in the buffer is not read.
    private static ReadOnlySpan<byte> Rows(ReadOnlySpan<byte> table, int rowBytes)
    {
        if (table.Length < CountBytes)
        {
            return [];
        }

        var rows = table[CountBytes..];
        var count = Math.Min(MemoryMarshal.Read<uint>(table), (uint)(rows.Length / rowBytes));
        return rows[..((int)count * rowBytes)];
    }

    // In network order in the low half of a word.
    private static ushort Port(ReadOnlySpan<byte> row, int at) => BinaryPrimitives.ReadUInt16BigEndian(row[at..]);

    private static int Number(ReadOnlySpan<byte> row, int at) => BinaryPrimitives.ReadInt32LittleEndian(row[at..]);
}
