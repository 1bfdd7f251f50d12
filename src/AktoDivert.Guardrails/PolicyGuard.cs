using System.Collections.Concurrent;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Engine;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Guardrails.Remote;

namespace AktoDivert.Guardrails;

/// <summary>
/// Step 4: the guard. It reads every AI call; where a policy may act on a connection it asks for a gate, elsewhere calls are read after they
/// passed. Policies can be exchanged while it runs; calls under way keep theirs.
/// </summary>
/// <param name="device">Label of this device.</param>
/// <param name="tags">Its tags.</param>
/// <param name="remote">Akto's guardrail service; null when none is configured.</param>
/// <param name="counters">Counts verdicts other than allow, as <c>guard.verdict.NAME</c>.</param>
/// <param name="time">Clock.</param>
public sealed class PolicyGuard(
    string device, IReadOnlyList<string> tags, IRemoteEvaluation? remote, AgentCounters counters, TimeProvider time) : IGuard
{
    // As many as exchanges are judged at a time on a busy machine; more are left to the collector.
    private const int Retained = 64;

    private readonly ConcurrentQueue<ExchangeGuard> _idle = new();
    private readonly ConversationMemory _memory = new();
    private readonly Warnings _warnings = new(time);
    private PolicySet _policies = PolicySet.Empty;

    /// <summary>The policies in force.</summary>
    public PolicySet Policies
    {
        get => Volatile.Read(ref _policies);
        set
        {
            Volatile.Write(ref _policies, value);
            WatchBegan?.Invoke();
        }
    }

    /// <inheritdoc />
    public event Action? WatchBegan;

    /// <inheritdoc />
    public bool IsWatching => !Policies.IsEmpty;

    /// <inheritdoc />
    public GuardInterest InterestIn(Flow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        var subject = Subject(flow);
        foreach (var policy in Policies.Policies)
        {
            if (policy.Bites && policy.Scope.Matches(subject))
            {
                return GuardInterest.Enforce;
            }
        }

        return GuardInterest.Observe;
    }

    /// <inheritdoc />
    public IExchangeGuard? Begin(Flow flow, ExchangeProtocol protocol, long streamId, HeaderBlock request)
    {
        ArgumentNullException.ThrowIfNull(flow);
        ArgumentNullException.ThrowIfNull(request);
        var exchange = _idle.TryDequeue(out var idle) ? idle : NewExchange();
        exchange.Target.Read(request, flow.Host);
        if (protocol == ExchangeProtocol.WebSocket && !exchange.Target.IsUpgrade)
        {
            exchange.Target.With("upgrade", "websocket");
        }

        exchange.Begin(Policies, Subject(flow));
        return exchange;
    }

    private ExchangeGuard NewExchange()
    {
        var context = new GuardContext();
        return new ExchangeGuard(context, new RequestJudge(context, _memory, _warnings, remote), counters, time, Recycle);
    }

    private void Recycle(ExchangeGuard exchange)
    {
        if (_idle.Count < Retained)
        {
            _idle.Enqueue(exchange);
        }
    }

    private CallSubject Subject(Flow flow) => new(
        flow.Process.AppId, flow.Process.Name, flow.Process.UserName, device, tags, flow.ClientHello?.ServerName, flow.Destination);
}
