using System.Runtime.CompilerServices;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Guardrails.Engine;

/// <summary>What one call is judged by: its policies, who makes it and where it goes. Used for one call after the other.</summary>
internal sealed class GuardContext
{
    private readonly List<CompiledPolicy> _ofRequests = [];
    private readonly List<CompiledPolicy> _ofResponses = [];
    private PolicySet _set = PolicySet.Empty;

    /// <summary>Chooses the policies that apply to the call that <see cref="Target"/> was read from.</summary>
    public void Begin(PolicySet set, in CallSubject subject, DateTimeOffset now)
    {
        (_set, Subject, Now) = (set, subject, now);
        var key = new HashCode();
        _ofRequests.Clear();
        _ofResponses.Clear();
        foreach (var policy in set.Policies)
        {
            if (!policy.Applies(subject, Target.Path, now))
            {
                continue;
            }

            key.Add(RuntimeHelpers.GetHashCode(policy));
            Add(policy, Direction.Request);
            Add(policy, Direction.Response);
        }

        PoliciesKey = ((ulong)(uint)key.ToHashCode() << 32) | (uint)RuntimeHelpers.GetHashCode(set);
    }

    /// <summary>Who calls.</summary>
    public CallSubject Subject { get; private set; }

    /// <summary>Where the call goes.</summary>
    public CallTarget Target { get; } = new();

    /// <summary>When it began.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Tells these policies from others in the conversation memory.</summary>
    public ulong PoliciesKey { get; private set; }

    /// <summary>The policies that judge one direction.</summary>
    public List<CompiledPolicy> For(Direction direction) => direction == Direction.Request ? _ofRequests : _ofResponses;

    /// <summary>Whether a policy may hold, change or refuse what goes that way.</summary>
    public bool Bites(Direction direction) => For(direction).Exists(static policy => policy.Bites);

    /// <summary>Text detectors by their index.</summary>
    public Detectors.DetectorSet Set(int index) => _set.Sets[index];

    private void Add(CompiledPolicy policy, Direction direction)
    {
        if ((policy.Scope.Direction & direction) != 0)
        {
            For(direction).Add(policy);
        }
    }
}
