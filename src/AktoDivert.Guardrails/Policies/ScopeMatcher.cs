using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Policy;

namespace AktoDivert.Guardrails.Policies;

/// <summary>Whether a call is within a policy's scope.</summary>
internal sealed class ScopeMatcher(GuardrailScope scope, IReadOnlyList<HostPattern> domains, Direction direction)
{
    /// <summary>Which ways it judges.</summary>
    public Direction Direction => direction;

    /// <summary>Whether everything but the direction matches.</summary>
    public bool Matches(in CallSubject subject) =>
        Any(scope.Apps, subject.App) && Any(scope.Processes, subject.Process) && Any(scope.Users, subject.User) && Any(scope.Devices, subject.Device)
        && (scope.Tags is not { Count: > 0 } tags || AnyTag(tags, subject.Tags))
        && (domains.Count == 0 || AnyDomain(subject));

    private static bool AnyTag(IReadOnlyList<string> patterns, IReadOnlyList<string> tags) => tags.Any(tag => Wildcard.MatchesAny(patterns, tag));

    private bool AnyDomain(in CallSubject subject)
    {
        foreach (var pattern in domains)
        {
            if (pattern.Matches(subject.Host, subject.Destination))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Any(IReadOnlyList<string>? patterns, string text) => patterns is not { Count: > 0 } || Wildcard.MatchesAny(patterns, text);
}
