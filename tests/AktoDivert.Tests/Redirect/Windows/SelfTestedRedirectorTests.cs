using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Windows;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Tests.Redirect.Windows;

[TestClass]
public sealed class SelfTestedRedirectorTests
{
    private static readonly RedirectTarget Target = new(1, 2, [443], DenyQuic: true, TimeSpan.FromSeconds(1));
    private static readonly ProcessSelection Wanted = new(RedirectScope.All, []);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Apps_are_selected_once_the_probe_arrived()
    {
        var engine = new Engine();
        await using var redirector = Redirector(engine, ProbeOutcome.Answered, arrives: true);
        redirector.Select(Wanted);
        Assert.IsEmpty(engine.Selections);
        await redirector.StartAsync(Target, TestContext.CancellationToken);
        Assert.AreEqual(RedirectorState.Active, redirector.Health.State);
        Assert.AreSame(Wanted, engine.Selections[^1]);
        Assert.AreEqual("self-test", engine.Selections[0].Apps.Single().Id);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public async Task A_probe_that_does_not_arrive_leaves_all_direct_and_says_why(int outcome)
    {
        // Answered without having come by: somebody else answers for TEST-NET-1.
        var engine = new Engine();
        await using var redirector = Redirector(engine, (ProbeOutcome)outcome, arrives: false);
        redirector.Select(Wanted);
        await redirector.StartAsync(Target, TestContext.CancellationToken);
        Assert.AreEqual(RedirectorHealth.Unavailable("the self test failed: a wall", "remove it"), redirector.Health);
        redirector.Select(new ProcessSelection(RedirectScope.All, []));
        Assert.IsTrue(engine.Selections.Skip(1).All(selection => selection is { Scope: RedirectScope.AllowList, Apps.Count: 0 }));
    }

    [TestMethod]
    public async Task The_next_start_tries_again()
    {
        var engine = new Engine();
        var probe = new Probe(ProbeOutcome.Silent, engine, arrives: false);
        await using var redirector = Redirector(engine, probe);
        redirector.Select(Wanted);
        await redirector.StartAsync(Target, TestContext.CancellationToken);
        probe.Arrives = true;
        await redirector.StartAsync(Target, TestContext.CancellationToken);
        Assert.AreEqual(RedirectorHealth.Active, redirector.Health);
        Assert.AreSame(Wanted, engine.Selections[^1]);
    }

    [TestMethod]
    public async Task A_machine_without_network_is_not_the_engine_s_fault()
    {
        var engine = new Engine();
        await using var redirector = Redirector(engine, ProbeOutcome.NoNetwork, arrives: false);
        redirector.Select(Wanted);
        await redirector.StartAsync(Target, TestContext.CancellationToken);
        Assert.AreEqual(RedirectorHealth.Active, redirector.Health);
        Assert.AreSame(Wanted, engine.Selections[^1]);
    }

    [TestMethod]
    public async Task An_engine_that_cannot_work_is_not_probed_and_keeps_its_reason()
    {
        var engine = new Engine { Health = RedirectorHealth.Unavailable("BFE is off", "start it") };
        var probe = new Probe(ProbeOutcome.Answered, engine, arrives: true);
        await using var redirector = Redirector(engine, probe);
        await redirector.StartAsync(Target, TestContext.CancellationToken);
        Assert.AreEqual("BFE is off", redirector.Health.Reason);
        Assert.AreEqual(0, probe.Connections);
    }

    [TestMethod]
    public async Task The_probe_s_own_flow_is_not_given_to_the_proxy()
    {
        var engine = new Engine { Destination = IPEndPoint.Parse("192.0.2.1:443") };
        await using var redirector = Redirector(engine, ProbeOutcome.Answered, arrives: true);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.IsNull(redirector.Resolve(socket));
        engine.Destination = IPEndPoint.Parse("198.51.100.1:443");
        Assert.AreEqual(engine.Destination, redirector.Resolve(socket)!.Destination);
    }

    private static SelfTestedRedirector Redirector(Engine engine, ProbeOutcome outcome, bool arrives) =>
        Redirector(engine, new Probe(outcome, engine, arrives));

    private static SelfTestedRedirector Redirector(Engine engine, Probe probe)
    {
        var redirector = new SelfTestedRedirector(engine, probe, () => ("a wall", "remove it"), NullLogger<SelfTestedRedirector>.Instance);
        probe.Arrived = destination =>
        {
            engine.Destination = destination;
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            Assert.IsNull(redirector.Resolve(socket));
        };
        return redirector;
    }

    /// <summary>Brings a connection to the listener, or does not.</summary>
    private sealed class Probe(ProbeOutcome outcome, Engine engine, bool arrives) : ISelfTestProbe
    {
        public bool Arrives { get; set; } = arrives;

        public int Connections { get; private set; }

        public Action<IPEndPoint> Arrived { get; set; } = _ => { };

        public string Program => @"C:\Program Files\AktoDivert\aktodivert.exe";

        public Task<ProbeOutcome> ConnectAsync(IPEndPoint destination, CancellationToken cancellationToken)
        {
            Connections++;
            Assert.AreEqual("C:/Program Files/AktoDivert/aktodivert.exe", engine.Selections[^1].Apps.Single().Selectors.Single().Value);
            if (Arrives)
            {
                Arrived(destination);
            }

            return Task.FromResult(outcome);
        }
    }

    /// <summary>Keeps what it is told, in order.</summary>
    private sealed class Engine : IFlowRedirector
    {
        public List<ProcessSelection> Selections { get; } = [];

        public IPEndPoint? Destination { get; set; }

        public RedirectorHealth Health { get; init; } = RedirectorHealth.Active;

        string IFlowRedirector.Engine => "recorded";

        public ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Select(ProcessSelection selection) => Selections.Add(selection);

        public RedirectedFlow? Resolve(Socket accepted) => new(1, Destination!, new ProcessIdentity { Pid = 1, Name = "x" });

        public void Beat()
        {
        }

        public RedirectCounters ReadCounters() => new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
