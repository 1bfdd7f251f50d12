using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Linux.Interop;
using AktoDivert.Redirect.Linux.Tun;

namespace AktoDivert.Tests.Redirect.Linux;

[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class LinuxConnectionTableTests
{
    private const int Connections = 200;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Each_of_many_connections_has_its_owner_and_an_unknown_one_has_none(bool v6)
    {
        var loopback = v6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        using var listener = new Socket(loopback.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(loopback, 0));
        listener.Listen(Connections);
        var clients = new List<Socket>();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                clients.Add(new Socket(loopback.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
                await clients[i].ConnectAsync(listener.LocalEndPoint!, TestContext.CancellationToken);
            }

            FlowKey[] flows = [.. clients.Select(client => FlowKey.From((IPEndPoint)client.LocalEndPoint!, (IPEndPoint)client.RemoteEndPoint!))];
            var owners = new int[Connections + 1];
            var table = new LinuxConnectionTable();
            var start = Stopwatch.GetTimestamp();
            table.OwnersOfTcp([.. flows, flows[0] with { LocalPort = 1 }], owners);
            TestContext.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms for {Connections} connections");
            Assert.IsTrue(owners[..Connections].All(owner => owner == Environment.ProcessId), string.Join(' ', owners));
            Assert.AreEqual(0, owners[Connections]);

            // An answer of the last question does not stay in place of the next one's.
            table.OwnersOfTcp([flows[0] with { LocalPort = 1 }, flows[1]], owners.AsSpan(0, 2));
            Assert.AreEqual(0, owners[0]);
            Assert.AreEqual(Environment.ProcessId, owners[1]);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [TestMethod]
    public void Sockets_of_a_process_that_is_gone_are_none()
    {
        var inodes = new List<uint>();
        OpenSockets.Read(int.MaxValue, inodes);
        Assert.IsEmpty(inodes);
    }

    [TestMethod]
    [DataRow("socket:[12345]", true)]
    [DataRow("socket:[4294967295]", true)]
    [DataRow("socket:[4294967296]", false)]
    [DataRow("socket:[]", false)]
    [DataRow("socket:[1", false)]
    [DataRow("socket:[1]x", false)]
    [DataRow("socket:[-1]", false)]
    [DataRow("pipe:[12345]", false)]
    [DataRow("/tmp/socket:[1]", false)]
    [DataRow("", false)]
    public void Only_links_to_sockets_are_read(string target, bool expected) =>
        Assert.AreEqual(expected, OpenSockets.TryParse(System.Text.Encoding.UTF8.GetBytes(target), out _));
}
