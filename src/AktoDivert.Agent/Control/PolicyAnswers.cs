using AktoDivert.Agent.Explaining;
using AktoDivert.Agent.Policy;
using AktoDivert.Agent.State;
using AktoDivert.Proxy.Intercept.Certificates;

namespace AktoDivert.Agent.Control;

/// <summary>Answers about policy, from the running agent's store or, while none runs, from the store on disk.</summary>
/// <param name="policy">The store.</param>
/// <param name="time">Clock for the time of a change.</param>
/// <param name="from">What <see cref="Explanation.From"/> says.</param>
/// <param name="needed">The domains that the policy needs in the device CA's constraints.</param>
/// <param name="signs">Whether the device CA may sign for a host.</param>
internal sealed class PolicyAnswers(PolicyStore policy, TimeProvider time, string from, Func<ConstraintDomains> needed, Func<string, bool> signs)
{
    /// <summary>Answers; refuses what it does not know.</summary>
    public ControlResponse Answer(ControlRequest request)
    {
        try
        {
            return request.Op switch
            {
                ControlOps.Policy => new ControlResponse { Ok = true, Policy = PolicyListing.Of(policy) },
                ControlOps.Explain => Explain(request),
                ControlOps.PatternAdd => WithWarning(ControlResponse.DoneUnless(policy.AddPattern(request.Text ?? "", request.Mode ?? true, time.GetUtcNow())), request.Text),
                ControlOps.PatternRemove => ControlResponse.DoneUnless(policy.RemovePattern(request.Text ?? "")),
                ControlOps.DomainAdd => ChangeDomain(request, add: true),
                ControlOps.DomainRemove => ChangeDomain(request, add: false),
                ControlOps.LearnedClear => ClearLearned(request),
                ControlOps.LearnedPin => PinLearned(request),
                _ => ControlResponse.Refuse($"the agent does not know the operation '{request.Op}'"),
            };
        }
        catch (StateFileException fault)
        {
            return ControlResponse.Refuse(fault.Message);
        }
    }

    private ControlResponse Explain(ControlRequest request)
    {
        var explanation = Explainer.Explain(policy, signs, request.Process ?? "", request.Target ?? "", out var error);
        return explanation is null ? ControlResponse.Refuse(error!) : new ControlResponse { Ok = true, Explanation = explanation with { From = from } };
    }

    private ControlResponse ChangeDomain(ControlRequest request, bool add) => request.List switch
    {
        "ai" => WithWarning(ControlResponse.DoneUnless(policy.ChangeDomain(DomainList.Ai, request.Text ?? "", add)), request.Text),
        "chatty" => ControlResponse.DoneUnless(policy.ChangeDomain(DomainList.Chatty, request.Text ?? "", add)),
        _ => ControlResponse.Refuse($"there is no list '{request.List}'; write ai or chatty"),
    };

    // What the device CA may not be given passes through although the policy says intercept: said at once, not found out later.
    private ControlResponse WithWarning(ControlResponse response, string? text) =>
        response.Ok && needed().Inexpressible.FirstOrDefault(left => string.Equals(left.Pattern, text, StringComparison.OrdinalIgnoreCase)) is { } left
            ? response with { Warning = $"{left.Pattern} passes through all the same: {left.Reason}" }
            : response;

    private ControlResponse ClearLearned(ControlRequest request) => ControlResponse.DoneUnless(
        policy.Provider.Learned.Clear(request.Process ?? "", (request.Target ?? "").ToLowerInvariant())
            ? null
            : $"nothing is learned for {request.Process} and {request.Target}; see: aktodivert learned list");

    private ControlResponse PinLearned(ControlRequest request)
    {
        if (string.IsNullOrEmpty(request.Process) || string.IsNullOrEmpty(request.Target))
        {
            return ControlResponse.Refuse("name the process and the host");
        }

        policy.Provider.Learned.Pin(request.Process, request.Target.ToLowerInvariant());
        return ControlResponse.Done;
    }
}
