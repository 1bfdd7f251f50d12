using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Notifications;

/// <summary>Alike violations that are announced together: of one policy, entity, app and user.</summary>
/// <param name="First">The first of them.</param>
/// <param name="DueMs">Unix milliseconds when it is announced.</param>
internal sealed record NotificationGroup(ViolationRow First, long DueMs)
{
    /// <summary>How many there are.</summary>
    public int Count { get; set; } = 1;

    /// <summary>What makes violations alike.</summary>
    public static (string, string, string, string, string) KeyOf(ViolationRow violation) =>
        (violation.Policy, violation.Detector, violation.Entity, violation.App, violation.User);

    /// <summary>One line for people.</summary>
    public string Title => $"{First.Severity} {First.Entity} in {First.App} by {First.User}{(Count > 1 ? $" ({Count} times)" : "")}: {First.Verdict}";
}
