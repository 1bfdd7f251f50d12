using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AktoDivert.Redirect.Windows.Interop;

/// <summary>The tables of connections with their owners (iphlpapi.h).</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class ConnectionTables
{
    private const uint AddressFamilyV4 = 2;
    private const uint AddressFamilyV6 = 23;
    private const uint TcpOwnerPidAll = 5;
    private const uint UdpOwnerPid = 1;
    private const uint InsufficientBuffer = 122;
    private const int Attempts = 5;

    /// <summary>All TCP connections, half-open ones included; empty when Windows does not say.</summary>
    public static byte[] TcpTable(bool v6) => Read((bytes, size) => GetExtendedTcpTable((byte*)bytes, size, 0, v6 ? AddressFamilyV6 : AddressFamilyV4, TcpOwnerPidAll, 0));

    /// <summary>All UDP sockets.</summary>
    public static byte[] UdpTable(bool v6) => Read((bytes, size) => GetExtendedUdpTable((byte*)bytes, size, 0, v6 ? AddressFamilyV6 : AddressFamilyV4, UdpOwnerPid, 0));

    // The table may grow between the question for its size and the one for its content.
    private static byte[] Read(ReadTable read)
    {
        uint size = 64 * 1024;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var buffer = new byte[size];
            fixed (byte* first = buffer)
            {
                var error = read((nint)first, &size);
                if (error == 0)
                {
                    return buffer;
                }

                if (error != InsufficientBuffer)
                {
                    return [];
                }
            }
        }

        return [];
    }

    private delegate uint ReadTable(nint bytes, uint* size);

    [LibraryImport("iphlpapi.dll")]
    private static partial uint GetExtendedTcpTable(byte* table, uint* size, int sorted, uint family, uint kind, uint reserved);

    [LibraryImport("iphlpapi.dll")]
    private static partial uint GetExtendedUdpTable(byte* table, uint* size, int sorted, uint family, uint kind, uint reserved);
}
