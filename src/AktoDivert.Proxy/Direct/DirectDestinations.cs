using System.Collections.Concurrent;
using System.Net;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Proxy.Classify;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Proxy.Direct;

/// <summary>
/// Learns from the flows that are classified which destinations need not be redirected at all, and tells the engine. That nothing is hidden
/// so is the engine's part, which reads what such a connection asks for. The price is that one which asks for a host that is intercepted is
/// reset, so this class is choosy: it takes a destination only where that is unlikely, and not again once it happened.
/// </summary>
internal sealed class DirectDestinations : IDirectFlowObserver, IDisposable
{
    /// <summary>Flows to a destination before the next ones go direct: one that is seldom asked for is not worth the risk.</summary>
    internal const int FlowsBefore = 3;

    /// <summary>How long connections go direct until one is redirected and classified again.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int SeenMost = 4096;
    private const int ForbiddenMost = 16_384;

    // The end of one may never be told: the engine counts such events.
    private const int RunningMost = 65_536;

    private readonly IFlowRedirector _redirector;
    private readonly PolicyProvider _policy;
    private readonly IFlowObserver _observer;
    private readonly AgentCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, int> _seen = [];
    private readonly HashSet<IPAddress> _forbidden = [];
    private readonly ConcurrentDictionary<ulong, Flow> _running = new();
    private IDirectRoutes? _heldTo;

    public DirectDestinations(
        IFlowRedirector redirector, PolicyProvider policy, IFlowObserver observer, AgentCounters counters, TimeProvider time, ILogger logger)
    {
        _redirector = redirector;
        _policy = policy;
        _observer = observer;
        _counters = counters;
        _time = time;
        _logger = logger;
        policy.Published += Renew;
    }

    /// <summary>Takes notice of a classified flow that was redirected.</summary>
    public void Saw(Flow flow)
    {
        if (!flow.Selected || flow.ClientHello?.ServerName is not { } host || _redirector.DirectRoutes is not { } routes)
        {
            return;
        }

        // The lock is that of Renew: what is allowed here by a policy that is replaced meanwhile is withdrawn behind it.
        lock (_gate)
        {
            HoldTo(routes);
            var destination = flow.Destination;
            if (_policy.Current.Reach.IsNear(host, destination))
            {
                Forbid(destination, routes);
            }
            else if (!_forbidden.Contains(destination.Address) && IsOften(destination))
            {
                _counters.Add(routes.Allow(destination, Lifetime) ? "direct.allowed" : "direct.not-allowed.no-room");
            }
        }
    }

    /// <inheritdoc />
    public void Started(RedirectedFlow flow, string host)
    {
        var decision = Decide(flow, host);
        decision = decision.Intercepts ? FlowDecision.Unsupported("It connected before the policy in force now.", decision.Rule) : decision;
        var direct = Describe(flow, host, decision with { Reason = decision.Reason + " It went direct, without being redirected." });
        if (_running.Count < RunningMost)
        {
            _running[flow.Id] = direct;
        }
        else
        {
            _counters.Add("direct.end-not-observed");
        }

        _counters.Add("proxy.flow.direct");
        _observer.Classified(direct);
    }

    /// <inheritdoc />
    public void Ended(ulong id, long bytesUp, long bytesDown)
    {
        if (_running.TryRemove(id, out var flow))
        {
            flow.AddBytesUp(bytesUp);
            flow.AddBytesDown(bytesDown);
            Finish(flow, ConnectionEndReason.Completed, null);
        }
    }

    /// <inheritdoc />
    public void Refused(RedirectedFlow flow, string host)
    {
        lock (_gate)
        {
            if (_redirector.DirectRoutes is { } routes)
            {
                Forbid(flow.Destination, routes);
            }
        }

        var asked = host.Length > 0 ? host : "something that cannot be read";
        var reason = $"It asked for {asked} where connections went direct, and was reset before it sent anything; the next one there is redirected.";
        var refused = Describe(flow, host, Decide(flow, host));
        _logger.DirectRefused(flow.Process.Name, flow.Destination, asked);
        _observer.Classified(refused);
        Finish(refused, ConnectionEndReason.DirectRefused, reason);
    }

    /// <inheritdoc />
    public void Dispose() => _policy.Published -= Renew;

    private void Renew(PolicySnapshot published)
    {
        lock (_gate)
        {
            _seen.Clear();
            _heldTo = null;
            if (_redirector.DirectRoutes is { } routes)
            {
                HoldTo(routes);
            }
        }
    }

    // An engine that started again, or another policy.
    private void HoldTo(IDirectRoutes routes)
    {
        if (_heldTo != routes)
        {
            _heldTo = routes;
            var areas = _policy.Current.Reach.Areas;
            if (!routes.Hold(areas))
            {
                _logger.TooManyAreas(areas.Count);
            }
        }
    }

    private void Forbid(IPEndPoint destination, IDirectRoutes routes)
    {
        // A bound on memory only: connections are held to the policy whatever is forgotten here.
        if (_forbidden.Count >= ForbiddenMost)
        {
            _forbidden.Clear();
        }

        if (_forbidden.Add(destination.Address))
        {
            routes.Withdraw(destination);
        }
    }

    private bool IsOften(IPEndPoint destination)
    {
        if (_seen.Count >= SeenMost)
        {
            _seen.Clear();
        }

        return (_seen[destination] = _seen.GetValueOrDefault(destination) + 1) >= FlowsBefore;
    }

    private PolicyDecision Decide(RedirectedFlow flow, string host) => host.Length == 0
        ? FlowDecision.Unsupported("It named no host that can be read.")
        : _policy.Decide(new FlowFacts(flow.Process, host, flow.Destination));

    private Flow Describe(RedirectedFlow redirected, string host, PolicyDecision decision) => new(redirected, _time.GetUtcNow())
    {
        Class = host.Length > 0 ? ConnectionClass.Tls : ConnectionClass.Other,
        ClientHello = host.Length > 0 ? new ClientHelloFacts(host, [], OffersTls13: false, HasEch: false, Ja4: "") : null,
        Decision = decision,
    };

    private void Finish(Flow flow, ConnectionEndReason reason, string? detail)
    {
        flow.EndReason = reason;
        flow.EndDetail = detail;
        flow.Ended = _time.GetUtcNow();
        _observer.Ended(flow);
    }
}
