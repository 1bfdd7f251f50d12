using System.Buffers.Binary;
using System.Net;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Windows;

namespace AktoDivert.Tests.Redirect.Windows;

[TestClass]
public sealed class ConnectionRowsTests
{
    private static readonly FlowKey V4 = FlowKey.From(IPEndPoint.Parse("192.168.1.20:50123"), IPEndPoint.Parse("160.79.104.10:443"));
    private static readonly FlowKey V6 = FlowKey.From(IPEndPoint.Parse("[2001:db8::20]:50123"), IPEndPoint.Parse("[2607:6bc0::10]:443"));

    [TestMethod]
    public void Finds_the_owner_of_an_IPv4_connection()
    {
        var table = Table(Tcp4(V4, 4711), Tcp4(V4 with { LocalPort = 50124 }, 4712));
        Assert.AreEqual(4711, ConnectionRows.OwnerOfTcp(table, V4));
        Assert.AreEqual(4712, ConnectionRows.OwnerOfTcp(table, V4 with { LocalPort = 50124 }));
        Assert.AreEqual(0, ConnectionRows.OwnerOfTcp(table, V4 with { RemotePort = 444 }));
        Assert.AreEqual(0, ConnectionRows.OwnerOfTcp(table, V4 with { Remote = V4.Remote + 1 }));
    }

    [TestMethod]
    public void Finds_the_owner_of_an_IPv6_connection()
    {
        var table = Table(Tcp6(V6, 4711), Tcp6(V6 with { Local = V6.Local + 1 }, 4712));
        Assert.AreEqual(4711, ConnectionRows.OwnerOfTcp(table, V6));
        Assert.AreEqual(4712, ConnectionRows.OwnerOfTcp(table, V6 with { Local = V6.Local + 1 }));
        Assert.AreEqual(0, ConnectionRows.OwnerOfTcp(table, V6 with { LocalPort = 1 }));
    }

    [TestMethod]
    public void Gathers_the_UDP_ports_of_a_process()
    {
        var ports = new HashSet<ushort>();
        ConnectionRows.AddUdpPorts(Table(Udp4(5000, 7), Udp4(5001, 8), Udp4(5002, 7)), v6: false, 7, ports);
        ConnectionRows.AddUdpPorts(Table(Udp6(6000, 7), Udp6(6001, 9)), v6: true, 7, ports);
        CollectionAssert.AreEquivalent(new ushort[] { 5000, 5002, 6000 }, ports.ToArray());
    }

    [TestMethod]
    public void Reads_nothing_beyond_the_buffer_whatever_the_count_says()
    {
        foreach (var (whole, key) in new[] { (Table(Tcp4(V4, 1)), V4), (Table(Tcp6(V6, 1)), V6) })
        {
            BinaryPrimitives.WriteUInt32LittleEndian(whole, uint.MaxValue);
            Assert.AreEqual(1, ConnectionRows.OwnerOfTcp(whole, key));
            for (var cut = 0; cut < whole.Length; cut++)
            {
                Assert.AreEqual(0, ConnectionRows.OwnerOfTcp(whole.AsSpan(0, cut), key), $"cut at {cut}");
            }
        }
    }

    private static byte[] Table(params byte[][] rows)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(count, rows.Length);
        return [.. count, .. rows.SelectMany(row => row)];
    }

    // MIB_TCPROW_OWNER_PID: state, local address, local port, remote address, remote port, owner.
    private static byte[] Tcp4(FlowKey key, int owner) =>
    [
        .. Word(5), .. Network4(key.Local), .. Port(key.LocalPort), .. Network4(key.Remote), .. Port(key.RemotePort), .. Word(owner),
    ];

    // MIB_TCP6ROW_OWNER_PID: local address, scope, port, remote address, scope, port, state, owner.
    private static byte[] Tcp6(FlowKey key, int owner) =>
    [
        .. Network6(key.Local), .. Word(0), .. Port(key.LocalPort), .. Network6(key.Remote), .. Word(0), .. Port(key.RemotePort), .. Word(5), .. Word(owner),
    ];

    private static byte[] Udp4(ushort port, int owner) => [.. Word(0), .. Port(port), .. Word(owner)];

    private static byte[] Udp6(ushort port, int owner) => [.. Network6(0), .. Word(0), .. Port(port), .. Word(owner)];

    private static byte[] Word(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Port(ushort port) => [(byte)(port >> 8), (byte)port, 0xAA, 0xBB];

    private static byte[] Network4(UInt128 address) => Network6(address)[12..];

    private static byte[] Network6(UInt128 address)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return bytes;
    }
}
