using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Proxy.Direct;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Tests.Proxy.Direct;

[TestClass]
public sealed class DirectDestinationsTests : IFlowObserver, IAsyncDisposable
{
    private static readonly IPEndPoint s_destination = new(IPAddress.Parse("203.0.113.7"), 443);

    private readonly Routes _routes = new();
    private readonly FakeRedirector _redirector;
    private readonly PolicyProvider _policy;
    private readonly AgentCounters _counters = new();
    private readonly List<Flow> _classified = [];
    private readonly List<Flow> _ended = [];
    private readonly DirectDestinations _direct;

    public DirectDestinationsTests()
    {
        _redirector = new FakeRedirector { DirectRoutes = _routes };
        _policy = new PolicyProvider(Compile("chatgpt.com"), new LearnedPassthroughTable(TimeProvider.System));
        _direct = new DirectDestinations(_redirector, _policy, this, _counters, TimeProvider.System, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _direct.Dispose();
        await _redirector.DisposeAsync();
    }

    [TestMethod]
    public void The_third_flow_opens_the_direct_way_and_each_later_one_again()
    {
        See(2, "stats.example.com");
        Assert.IsEmpty(_routes.Allowed);

        See(1, "other.example.com");
        See(1, "stats.example.com");

        CollectionAssert.AreEqual(new[] { s_destination, s_destination }, _routes.Allowed);
        Assert.AreEqual(2, _counters.Read()["direct.allowed"]);
        CollectionAssert.AreEqual(new[] { new HostArea("chatgpt.com", true, true) }, _routes.Held.Single());
    }

    [TestMethod]
    [DataRow("chatgpt.com")]
    [DataRow("ab.chatgpt.com")]
    public void A_destination_that_serves_what_is_near_the_intercepted_is_never_taken(string near)
    {
        See(1, near);
        See(5, "stats.example.com");

        Assert.IsEmpty(_routes.Allowed);
    }

    [TestMethod]
    public void A_destination_is_given_back_when_something_intercepted_comes_there()
    {
        See(3, "stats.example.com");

        See(1, "chatgpt.com");
        See(3, "stats.example.com");

        Assert.HasCount(1, _routes.Allowed);
        CollectionAssert.AreEqual(new[] { s_destination }, _routes.Withdrawn);
    }

    [TestMethod]
    public void Flows_without_a_host_or_of_processes_that_are_not_meant_count_for_nothing()
    {
        See(5, null);
        See(5, "stats.example.com", selected: false);

        Assert.IsEmpty(_routes.Allowed);
        Assert.IsEmpty(_routes.Withdrawn);
    }

    [TestMethod]
    public void Another_policy_is_held_to_at_once_and_all_is_learned_anew()
    {
        See(3, "stats.example.com");

        _policy.Publish(Compile("example.com"));

        CollectionAssert.AreEqual(new[] { new HostArea("example.com", true, true) }, _routes.Held[^1]);
        See(5, "stats.example.com");
        Assert.HasCount(1, _routes.Allowed);
    }

    [TestMethod]
    public void An_engine_that_started_again_is_told_what_to_hold_to()
    {
        See(3, "stats.example.com");
        var again = new Routes();
        _redirector.DirectRoutes = again;

        See(1, "stats.example.com");

        Assert.HasCount(1, again.Held);
        Assert.HasCount(1, again.Allowed);
    }

    [TestMethod]
    public void An_engine_without_direct_routes_is_left_alone()
    {
        _redirector.DirectRoutes = null;

        See(5, "stats.example.com");
        _policy.Publish(Compile("example.com"));

        Assert.IsEmpty(_routes.Held);
    }

    [TestMethod]
    public void A_direct_flow_is_observed_like_any_other()
    {
        _direct.Started(Redirected(7), "stats.example.com");

        var flow = _classified.Single();
        Assert.AreEqual(("stats.example.com", ConnectionClass.Tls, RuleSource.Default), (flow.Host, flow.Class, flow.Decision!.Source));
        StringAssert.Contains(flow.Decision.Reason, "without being redirected", StringComparison.Ordinal);
        Assert.IsEmpty(_ended);

        _direct.Ended(7, 100, 2000);
        _direct.Ended(7, 100, 2000);

        Assert.AreSame(flow, _ended.Single());
        Assert.AreEqual((100L, 2000L, ConnectionEndReason.Completed), (flow.BytesUp, flow.BytesDown, flow.EndReason));
        Assert.AreEqual(1, _counters.Read()["proxy.flow.direct"]);
    }

    [TestMethod]
    public void A_direct_flow_to_what_a_newer_policy_intercepts_is_still_one_that_passed()
    {
        _policy.Publish(Compile("example.com"));

        _direct.Started(Redirected(7), "stats.example.com");

        Assert.IsFalse(_classified.Single().Decision!.Intercepts);
    }

    [TestMethod]
    public void A_refused_flow_is_observed_with_its_end_and_its_destination_never_taken_again()
    {
        See(3, "stats.example.com");

        _direct.Refused(Redirected(7), "chatgpt.com");
        See(5, "stats.example.com");

        Assert.HasCount(1, _routes.Allowed);
        var flow = _ended.Single();
        Assert.AreEqual(("chatgpt.com", ConnectionEndReason.DirectRefused, true), (flow.Host, flow.EndReason, flow.Decision!.Intercepts));
        StringAssert.Contains(flow.EndDetail, "chatgpt.com", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_refused_flow_that_cannot_be_read_has_no_host()
    {
        _direct.Refused(Redirected(7), "");

        Assert.AreEqual((s_destination.Address.ToString(), ConnectionClass.Other), (_ended.Single().Host, _ended.Single().Class));
    }

    void IFlowObserver.Classified(Flow flow) => _classified.Add(flow);

    void IFlowObserver.Ended(Flow flow) => _ended.Add(flow);

    private static PolicySnapshot Compile(string aiDomain) => PolicySnapshot.Compile(new PolicySettings { AiDomains = [aiDomain] }, out _);

    private static RedirectedFlow Redirected(ulong id, bool selected = true) =>
        new(id, s_destination, new ProcessIdentity { Pid = 1, Name = "app" }, selected);

    private void See(int times, string? host, bool selected = true)
    {
        for (var i = 0; i < times; i++)
        {
            _direct.Saw(new Flow(Redirected(1, selected), DateTimeOffset.UnixEpoch)
            {
                Class = ConnectionClass.Tls,
                ClientHello = new ClientHelloFacts(host, [], OffersTls13: true, HasEch: false, Ja4: ""),
            });
        }
    }

    private sealed class Routes : IDirectRoutes
    {
        public List<HostArea[]> Held { get; } = [];

        public List<IPEndPoint> Allowed { get; } = [];

        public List<IPEndPoint> Withdrawn { get; } = [];

        public bool Hold(IReadOnlyCollection<HostArea> intercepted)
        {
            Held.Add([.. intercepted]);
            return true;
        }

        public bool Allow(IPEndPoint destination, TimeSpan time)
        {
            Allowed.Add(destination);
            return true;
        }

        public void Withdraw(IPEndPoint destination) => Withdrawn.Add(destination);
    }

    private sealed class FakeRedirector : IFlowRedirector
    {
        public IDirectRoutes? DirectRoutes { get; set; }

        public string Engine => "test";

        public RedirectorHealth Health => RedirectorHealth.Active;

        public ValueTask StartAsync(RedirectTarget target, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Select(ProcessSelection selection)
        {
        }

        public RedirectedFlow? Resolve(Socket accepted) => null;

        public void Beat()
        {
        }

        public RedirectCounters ReadCounters() => new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
