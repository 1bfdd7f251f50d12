using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Windows;

namespace AktoDivert.Tests.Redirect.Windows;

[TestClass]
[OSCondition(OperatingSystems.Windows)]
[SupportedOSPlatform("windows")]
public sealed class WindowsConnectionTableTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task A_connection_has_its_owner(bool dualMode)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = dualMode
            ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var server = (IPEndPoint)listener.LocalEndPoint!;
        await client.ConnectAsync(server.Address, server.Port, TestContext.CancellationToken);
        var key = FlowKey.From(new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)client.LocalEndPoint!).Port), server);

        var table = new WindowsConnectionTable();
        var owners = new int[2];
        table.OwnersOfTcp([key, key with { LocalPort = 1 }], owners);
        CollectionAssert.AreEqual(new[] { Environment.ProcessId, 0 }, owners);
        const int Times = 50;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Times; i++)
        {
            table.OwnersOfTcp([key], owners);
        }

        TestContext.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds / Times:0.00} ms a question");
    }

    [TestMethod]
    public void Datagram_sockets_are_found_by_process()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Contains((ushort)((IPEndPoint)socket.LocalEndPoint!).Port, new WindowsConnectionTable().UdpPortsOf(Environment.ProcessId));
    }
}
