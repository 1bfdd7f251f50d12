using System.Net.Security;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Policy;
using AktoDivert.Proxy.Classify;
using AktoDivert.Proxy.Direct;
using AktoDivert.Proxy.Intercept;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Transport;
using AktoDivert.Proxy.Tunnel;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Proxy;

/// <summary>
/// One redirected connection from accept to end. The file to read first: the numbers are those of the architecture document.
/// </summary>
internal sealed class TransparentProxyPipeline(
    ProxyOptions options,
    UpstreamDialer dialer,
    IFlowRedirector redirector,
    PolicyProvider policy,
    ILeafCertificateSource leaves,
    IConnectionTapFactory taps,
    IGuard guard,
    IFlowObserver observer,
    DirectDestinations? direct,
    AgentCounters counters,
    TimeProvider time,
    ILogger logger)
{
    private readonly GatedConnection _gated = new(options.Gate, guard, counters, time);
    private readonly ConnectionClassifier _classifier = new(options, time);
    private readonly FlowDecision _decision = new(policy, leaves);
    private readonly AppHandshake _appHandshake = new(options, time);
    private readonly RefusalSuspicions _suspicions = new(time);
    private readonly UpstreamConnector _upstream = new(options, dialer, time);

    /// <summary>Carries a connection to its end. Never throws; owns and closes <paramref name="app"/>.</summary>
    /// <param name="app">The accepted socket.</param>
    /// <param name="mayIntercept">False when there are too many connections: this one is tunnelled unlooked at.</param>
    /// <param name="stopping">Ends the connection when the agent stops.</param>
    public async Task RunAsync(StreamSocket app, bool mayIntercept, CancellationToken stopping)
    {
        using var ownedApp = app;

        // 1 Redirect: the engine tells where the app wanted to go, and which process it is.
        if (redirector.Resolve(app.Socket) is not { } redirected)
        {
            counters.Add("proxy.orphan.unknown-flow");
            app.Reset();
            return;
        }

        var flow = new Flow(redirected, time.GetUtcNow());
        using var first = new FirstBytes();
        await using var abortOnStop = stopping.UnsafeRegister(static socket => ((StreamSocket)socket!).Reset(), app);
        var connection = new Connection(app, first, flow, time.GetTimestamp(), stopping);
        var end = await CarryToEndAsync(connection, Untouched(redirected, mayIntercept));
        var wasStopped = stopping.IsCancellationRequested && end.Reason != ConnectionEndReason.Completed;
        Finish(connection, wasStopped ? new(ConnectionEndReason.AgentStopping) : end);
    }

    /// <summary>The decision for a connection that is tunnelled unlooked at; null for one to classify.</summary>
    private static PolicyDecision? Untouched(RedirectedFlow redirected, bool mayIntercept) =>
        !redirected.Selected ? FlowDecision.Unsupported("the process is not selected")
        : !mayIntercept ? FlowDecision.Unsupported("more connections than the limit")
        : null;

    private async Task<ConnectionEnd> CarryToEndAsync(Connection connection, PolicyDecision? untouched)
    {
        try
        {
            connection.App.Socket.SetRelayOptions();
            return untouched is null ? await ClassifyAndCarryAsync(connection) : await TunnelAsync(connection, untouched);
        }
        catch (UpstreamException e) when (e.Fault == UpstreamFault.Unreachable)
        {
            connection.App.Reset();
            return new(ConnectionEndReason.UpstreamUnreachable, e.Message);
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            connection.App.Reset();
            return new(ConnectionEndReason.AppAborted, e.Message);
        }
        catch (Exception e)
        {
            logger.ConnectionFault(e, connection.Flow.Id);
            connection.App.Reset();
            return new(ConnectionEndReason.InternalError, e.GetType().Name);
        }
    }

    private async Task<ConnectionEnd> ClassifyAndCarryAsync(Connection connection)
    {
        // 2 Classify: what the app's first bytes are, and what the policy says to that. Nothing is consumed.
        var flow = connection.Flow;
        var classification = await _classifier.ClassifyAsync(connection.App, connection.First);
        flow.Class = classification.Class;
        flow.ClientHello = classification.ClientHello;
        Count(classification);
        var decision = connection.Decided = _decision.Decide(flow, classification);
        StageMetrics.Classification.Record(time.GetElapsedTime(connection.Accepted).TotalSeconds);
        if (!decision.Intercepts || classification.ClientHello is not { ServerName: { } host } hello)
        {
            return await TunnelAsync(connection, decision);
        }

        // 3 Intercept: the server first, then the app with what the server chose. Whatever goes wrong before the app is answered
        // leaves its ClientHello unconsumed, so the connection can still be tunnelled.
        TlsEnd upstream;
        var dialled = time.GetTimestamp();
        try
        {
            upstream = await _upstream.ConnectAsync(flow, hello, host, connection.Stopping);
            StageMetrics.UpstreamHandshake.Record(time.GetElapsedTime(dialled).TotalSeconds);
        }
        catch (UpstreamException e) when (e.Fault == UpstreamFault.CertificateInvalid)
        {
            return await RejectAsync(connection, decision, host, e.Message);
        }
        catch (UpstreamException e) when (e.Fault is UpstreamFault.WantsClientCertificate or UpstreamFault.TlsFailed)
        {
            return await FallBackAsync(connection, decision, host, e);
        }

        using (upstream)
        {
            // Minting takes about a millisecond of CPU, which belongs on the pool, not on the thread that completes socket operations.
            await Task.Yield();
            if (leaves.Find(host) is not { } leaf)
            {
                var reason = $"{host} is outside the names that the device CA may sign for";
                return await TunnelAsync(connection, FlowDecision.Unsupported(reason, decision.Rule));
            }

            Announce(flow, decision);
            flow.NegotiatedProtocol = upstream.Protocol.ToString();
            return await AnswerAppAsync(connection, host, upstream, leaf);
        }
    }

    private async Task<ConnectionEnd> AnswerAppAsync(Connection connection, string host, TlsEnd upstream, SslStreamCertificateContext leaf)
    {
        TlsEnd app;
        var answered = time.GetTimestamp();
        try
        {
            app = await _appHandshake.AcceptAsync(
                connection.App, connection.First, leaf, upstream.Protocol, connection.Stopping);
            StageMetrics.AppHandshake.Record(time.GetElapsedTime(answered).TotalSeconds);
        }
        catch (AppHandshakeException e)
        {
            return e.Refusal is { } refusal
                ? Refused(connection.Flow, host, refusal)
                : new(e.HasLeft ? ConnectionEndReason.AppAborted : ConnectionEndReason.AppTlsFailed, e.Message);
        }

        using (app)
        {
            return await RelayAsync(connection, host, app, upstream);
        }
    }

    private async Task<ConnectionEnd> RelayAsync(Connection connection, string host, TlsEnd app, TlsEnd upstream)
    {
        // 4 Guard: a gate where the policy enforces; where it only observes, exchanges are judged behind the sink.
        // 5 Capture: the tap sees the plaintext of both directions and hands exchanges to the sink.
        // 6 Upload happens behind the sink, away from the traffic.
        var flow = connection.Flow;
        var process = flow.Process.Name;
        var start = time.GetTimestamp();
        var tap = taps.Create(flow);
        void AppSpoke() => _suspicions.Trusted(process, host);
        var result = Enforces(flow)
            ? await _gated.RunAsync(app, upstream, tap, flow, AppSpoke)
            : await RelayConnection.RunAsync(app, upstream, tap, flow, AppSpoke);

        if (flow.BytesUp == 0 && result.AppEndedIt && !connection.Stopping.IsCancellationRequested)
        {
            var refusal = AppRefusal.OfAlert(result.Up.Fault);
            var endedAtOnce = time.GetElapsedTime(start) <= RefusalSuspicions.SilentEndLimit;
            if (refusal is null && endedAtOnce && _suspicions.EndedSilently(process, host, connection.Accepted))
            {
                refusal = "closed twice right after the handshake without a byte";
            }

            if (refusal is not null)
            {
                return Refused(flow, host, refusal);
            }
        }

        return result.ToConnectionEnd();
    }

    private bool Enforces(Flow flow)
    {
        try
        {
            return guard.InterestIn(flow) == GuardInterest.Enforce;
        }
        catch (Exception e) when (e is not OutOfMemoryException && options.Gate.FailOpen)
        {
            counters.Add("guard.unchecked.fault");
            return false;
        }
    }

    private async Task<ConnectionEnd> TunnelAsync(Connection connection, PolicyDecision decision)
    {
        Announce(connection.Flow, decision);
        using var upstream = await dialer.DialAsync(connection.Flow.Destination, connection.Stopping);
        return await TunnelConnection.RunAsync(connection.App, upstream, connection.First, connection.Flow);
    }

    /// <summary>Lets the app talk to the server itself, on this very connection.</summary>
    private async Task<ConnectionEnd> FallBackAsync(Connection connection, PolicyDecision decision, string host, UpstreamException cause)
    {
        var process = connection.Flow.Process.Name;
        if (cause.Fault == UpstreamFault.WantsClientCertificate)
        {
            policy.Learned.Learn(process, host, cause.Message);
            counters.Add("intercept.fallback.client-certificate");
        }
        else
        {
            counters.Add("intercept.fallback.upstream-tls");
        }

        logger.FellBack(host, process, cause.Message);
        return await TunnelAsync(connection, FlowDecision.Unsupported($"{host} cannot be intercepted: {cause.Message}", decision.Rule));
    }

    /// <summary>Gives the app a TLS failure in place of a page that only we would vouch for.</summary>
    private async Task<ConnectionEnd> RejectAsync(Connection connection, PolicyDecision decision, string host, string fault)
    {
        Announce(connection.Flow, decision);
        counters.Add("intercept.rejected.upstream-certificate");
        logger.UpstreamCertificateInvalid(host, connection.Flow.Process.Name, fault);
        await connection.App.SendAndCloseAsync(TlsAlert.CertificateUnknown, TimeSpan.FromSeconds(1), time);
        return new(ConnectionEndReason.UpstreamCertificateInvalid, fault);
    }

    private ConnectionEnd Refused(Flow flow, string host, string refusal)
    {
        policy.Learned.Learn(flow.Process.Name, host, $"the app refused our certificate: {refusal}");
        counters.Add("intercept.refused.app");
        logger.AppRefused(flow.Process.Name, host, refusal);
        return new(ConnectionEndReason.AppRefusedCertificate, refusal);
    }

    private void Count(in Classification classification)
    {
        counters.Add(classification.Class switch
        {
            ConnectionClass.Tls => "classify.class.tls",
            ConnectionClass.CleartextHttp => "classify.class.cleartext-http",
            ConnectionClass.Silent => "classify.class.silent",
            _ => "classify.class.other",
        });
        if (classification.ClientHello is { HasEch: true })
        {
            counters.Add("classify.ech.offered");
        }
    }

    private void Announce(Flow flow, PolicyDecision decision)
    {
        flow.Decision = decision;
        counters.Add(decision.Intercepts ? "proxy.flow.intercepted" : "proxy.flow.passed-through");
        observer.Classified(flow);
        direct?.Saw(flow);
    }

    private void Finish(Connection connection, ConnectionEnd end)
    {
        var flow = connection.Flow;
        if (flow.Decision is null)
        {
            Announce(flow, connection.Decided ?? FlowDecision.Unsupported("ended before it was decided"));
        }

        flow.EndReason = end.Reason;
        flow.EndDetail = end.Detail;
        flow.Ended = time.GetUtcNow();
        observer.Ended(flow);
    }

    private sealed record Connection(StreamSocket App, FirstBytes First, Flow Flow, long Accepted, CancellationToken Stopping)
    {
        /// <summary>What was decided, until it is announced: the server may still say that it cannot be intercepted.</summary>
        public PolicyDecision? Decided { get; set; }
    }
}
