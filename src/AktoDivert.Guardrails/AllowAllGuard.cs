using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Guardrails;

/// <summary>The guard of an agent without policies: wants nothing, costs nothing.</summary>
public sealed class AllowAllGuard : IGuard
{
    /// <inheritdoc />
    public GuardInterest InterestIn(Flow flow) => GuardInterest.None;

    /// <inheritdoc />
    public IExchangeGuard? Begin(Flow flow, ExchangeProtocol protocol, long streamId, HeaderBlock request) => null;
}
