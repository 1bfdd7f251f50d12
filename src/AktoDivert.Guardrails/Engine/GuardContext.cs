using System.Runtime.CompilerServices;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Guardrails.Engine;

/// <summary>What one call is judged by: its policies, who makes it and where it goes.</summary>
internal sealed class GuardContext
{
    private readonly PolicySet _set;
    private readonly CompiledPolicy[] _ofRequests;
    private readonly CompiledPolicy[] _ofResponses;

    /// <summary>Chooses the policies that apply.</summary>
    public GuardContext(PolicySet set, in CallSubject subject, CallTarget target, DateTimeOffset now)
    {
        (_set, Subject, Target, Now) = (set, subject, target, now);
        var key = new HashCode();
        (_ofRequests, _ofResponses) = ([], []);
        foreach (var policy in set.Policies)
        {
            if (!policy.Applies(subject, target.Path, now))
            {
                continue;
            }

            key.Add(RuntimeHelpers.GetHashCode(policy));
            _ofRequests = (policy.Scope.Direction & Direction.Request) != 0 ? [.. _ofRequests, policy] : _ofRequests;
            _ofResponses = (policy.Scope.Direction & Direction.Response) != 0 ? [.. _ofResponses, policy] : _ofResponses;
        }

        PoliciesKey = ((ulong)(uint)key.ToHashCode() << 32) | (uint)RuntimeHelpers.GetHashCode(set);
    }

    /// <summary>Who calls.</summary>
    public CallSubject Subject { get; }

    /// <summary>Where the call goes.</summary>
    public CallTarget Target { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>Tells these policies from others in the conversation memory.</summary>
    public ulong PoliciesKey { get; }

    /// <summary>The policies that judge one direction.</summary>
    public CompiledPolicy[] For(Direction direction) => direction == Direction.Request ? _ofRequests : _ofResponses;

    /// <summary>Whether a policy may hold, change or refuse what goes that way.</summary>
    public bool Bites(Direction direction) => Array.Exists(For(direction), static policy => policy.Bites);

    /// <summary>Text detectors by their index.</summary>
    public Detectors.DetectorSet Set(int index) => _set.Sets[index];
}
