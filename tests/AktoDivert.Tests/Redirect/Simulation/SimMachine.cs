using System.Net;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Engine;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Packets;
using AktoDivert.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>A machine with apps, a listener and the engine on the simulated driver, and a server behind the network. One seed, one history.</summary>
internal sealed class SimMachine : IAsyncDisposable
{
    internal const ushort ListenerPort = 35_000;
    internal const int Selected = 1001;
    internal const int Other = 1002;
    internal static readonly IPEndPoint ServerV4 = new(IPAddress.Parse("203.0.113.10"), 443);
    internal static readonly IPEndPoint ServerV6 = new(IPAddress.Parse("2001:db8::10"), 443);
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<FlowKey, SimTcp> _apps = [];
    private readonly Dictionary<FlowKey, SimTcp> _listener = [];
    private readonly Dictionary<FlowKey, SimTcp> _server = [];
    private readonly List<SimTcp> _ends = [];
    private readonly Queue<(byte[] Packet, DivertAddress Address)> _wire = new();
    private readonly Queue<(byte[] Packet, DivertAddress Address)> _stack = new();
    private bool _answers = true;

    internal SimMachine(int seed, EngineOptions? options = null, bool quic = true)
    {
        Random = new Random(seed);
        Clock = new SimClock(new TestTimeProvider());
        Driver = new SimDriver(Clock) { Delivered = Deliver };
        Threads = new SimThreads(Clock, Random);
        var longAgo = Clock.GetUtcNow() - TimeSpan.FromHours(1);
        Processes.Wait = Run;
        Processes.Add(Selected, "claude", longAgo);
        Processes.Add(Other, "curl", longAgo);
        var with = new EngineEnvironment(
            Driver, Processes, Processes, (options ?? new EngineOptions()) with { DataBufferBytes = PacketBatch.MaxPacketLength }, Threads, Clock);
        Redirector = new WinDivertRedirector(with, NullLogger<WinDivertRedirector>.Instance);
        Redirector.Select(new ProcessSelection(
            RedirectScope.AllowList,
            [new CatalogueApp("claude-code", "Claude Code", [new ProcessSelector(ProcessSelectorKind.Name, "claude")], [], [])]));
        Target = new RedirectTarget(ListenerPort, ListenerPort, [443], quic, TimeSpan.FromSeconds(2));
    }

    internal Random Random { get; }

    internal SimClock Clock { get; }

    internal SimDriver Driver { get; }

    internal SimThreads Threads { get; }

    internal SimProcesses Processes { get; } = new();

    internal WinDivertRedirector Redirector { get; }

    internal RedirectTarget Target { get; }

    /// <summary>Share of packets that the network loses.</summary>
    internal double Loss { get; set; }

    /// <summary>Whether checksums of outgoing packets are left to the network card.</summary>
    internal bool Offload { get; set; }

    internal uint InterfaceIndex { get; set; } = 12;

    internal IReadOnlyDictionary<FlowKey, SimTcp> ListenerConnections => _listener;

    internal IReadOnlyDictionary<FlowKey, SimTcp> ServerConnections => _server;

    internal List<FlowKey> LeakedToServer { get; } = [];

    /// <summary>Whether the driver makes packets up, as no network does.</summary>
    internal bool ToleratesNonsense { get; set; }

    /// <summary>Starts the engine, and gives its loops the time to see what runs.</summary>
    internal async Task StartAsync()
    {
        await Redirector.StartAsync(Target, CancellationToken.None);
        Run(_tick);
    }

    /// <summary>An app connects, without an event.</summary>
    internal SimTcp Connect(ushort port, bool v6 = false, int process = Selected)
    {
        var key = KeyOf(port, v6);
        Processes.Owners[key] = process;
        var app = new SimTcp(key, (uint)Random.Next(), packet => SendOut(packet, v6), Clock);
        _apps[key] = app;
        _ends.Add(app);
        app.Connect();
        return app;
    }

    internal static FlowKey KeyOf(ushort port, bool v6)
    {
        var local = IPAddress.Parse(v6 ? "2001:db8:7::1" : "192.0.2.7");
        return FlowKey.From(new IPEndPoint(local, port), v6 ? ServerV6 : ServerV4);
    }

    /// <summary>The event of a connect: stamped now, delivered later.</summary>
    internal bool ConnectEvent(ushort port, bool v6, int process, TimeSpan delay, byte protocol = 6)
    {
        var key = KeyOf(port, v6);
        return Driver.SocketEvent(
            new DivertAddress
            {
                Timestamp = Clock.GetTimestamp(),
                Event = DivertEvent.SocketConnect,
                Flags = DivertAddressFlags.Outbound | (v6 ? DivertAddressFlags.IPv6 : 0),
                ProcessId = (uint)process,
                LocalAddress = AddressWords.From(key.Local, v6),
                RemoteAddress = AddressWords.From(key.Remote, v6),
                LocalPort = key.LocalPort,
                RemotePort = key.RemotePort,
                Protocol = protocol,
            },
            delay);
    }

    /// <summary>An app sends a packet of its own making.</summary>
    internal void SendOut(byte[] packet, bool v6)
    {
        var address = SimPacket.Outbound(v6, checksum: !Offload);
        address.InterfaceIndex = InterfaceIndex;
        if (Offload && IPPacket.TryParse(packet, out var ip) && TcpSegment.TryParse(ip, out var tcp))
        {
            tcp.Checksum = 0;
        }

        _stack.Enqueue((packet, address));
    }

    /// <summary>Whether the proxy shows the engine that it answers.</summary>
    internal void Answer(bool answers) => _answers = answers;

    /// <summary>Runs for a time.</summary>
    internal void Run(TimeSpan time)
    {
        for (var end = Clock.GetTimestamp() + Clock.Ticks(time); Clock.GetTimestamp() < end;)
        {
            Step();
        }
    }

    /// <summary>Runs until it holds; false when it does not within the time.</summary>
    internal bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        for (var end = Clock.GetTimestamp() + Clock.Ticks(limit); Clock.GetTimestamp() < end && !condition();)
        {
            Step();
        }

        return condition();
    }

    public async ValueTask DisposeAsync()
    {
        var stop = Redirector.DisposeAsync().AsTask();
        while (!stop.IsCompleted)
        {
            Step();
            await Task.Yield();
        }

        await stop;
    }

    internal Task StopAsync() => DisposeAsync().AsTask();

    /// <summary>The agent dies: its loops end where they are, and the system closes its handles.</summary>
    internal void Crash()
    {
        Threads.Kill();
        Driver.CloseAll();
    }

    private void Step()
    {
        if (_answers)
        {
            Redirector.Beat();
        }

        Driver.DeliverEvents();
        Threads.Step();
        while (_stack.TryDequeue(out var leaving))
        {
            Driver.Packet(leaving.Packet, leaving.Address);
        }

        while (_wire.TryDequeue(out var arrived))
        {
            Arrive(arrived.Packet, arrived.Address);
        }

        for (var i = 0; i < _ends.Count; i++)
        {
            _ends[i].Tick();
        }

        Clock.Advance(_tick);
    }

    private void Deliver(byte[] packet, DivertAddress address)
    {
        if (!address.Has(DivertAddressFlags.Outbound) || Random.NextDouble() >= Loss)
        {
            _wire.Enqueue((packet, address));
        }
    }

    private void Arrive(byte[] packet, DivertAddress address)
    {
        if (!IPPacket.TryParse(packet, out var ip) || !TcpSegment.TryParse(ip, out var tcp))
        {
            Assert.IsTrue(ToleratesNonsense, "a packet that is none arrived");
            return;
        }

        var payload = packet.AsSpan(packet.Length - tcp.PayloadLength);

        // From the receiver's side.
        var key = new FlowKey(ip.Destination, ip.Source, tcp.DestinationPort, tcp.SourcePort, ip.IsV6);
        if (address.Has(DivertAddressFlags.Outbound))
        {
            ToEnd(_server, key, tcp, payload, reply => SendBack(reply, key.IsV6));
        }
        else if (tcp.DestinationPort == ListenerPort)
        {
            ToEnd(_listener, key, tcp, payload, reply => SendOut(reply, key.IsV6));
        }
        else if (_apps.TryGetValue(key, out var app))
        {
            app.Receive(tcp, payload);
        }
    }

    private void SendBack(byte[] reply, bool v6)
    {
        if (Random.NextDouble() >= Loss)
        {
            var address = SimPacket.Outbound(v6);
            address.Flags &= ~DivertAddressFlags.Outbound;
            Driver.Packet(reply, address);
        }
    }

    private void ToEnd(Dictionary<FlowKey, SimTcp> ends, FlowKey key, in TcpSegment tcp, ReadOnlySpan<byte> payload, Action<byte[]> send)
    {
        if (tcp.IsOpening && (!ends.TryGetValue(key, out var known) || known.IsReset || known.IsDone))
        {
            var end = new SimTcp(key, (uint)Random.Next(), send, Clock)
            {
                OnData = static (self, data) => self.Write(data),
                OnPeerClosed = static self => self.Close(),
            };
            ends[key] = end;
            _ends.Add(end);
            end.Accept(tcp);
        }
        else if (ends.TryGetValue(key, out var end) && !end.IsReset && !end.IsDone)
        {
            end.Receive(tcp, payload);
        }
        else if ((tcp.Flags & TcpFlags.Rst) == 0)
        {
            // As RFC 9293 section 3.10.7.1 answers a segment of no connection; an end that closes second is none once that is acknowledged.
            if (end is null)
            {
                LeakedToServer.Add(key);
            }

            send(SimPacket.Tcp(key, TcpFlags.Rst, tcp.Acknowledgement));
        }
    }
}
