using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Violations;

/// <summary>What violations to list; what is null or empty lets all through.</summary>
internal sealed record ViolationFilter
{
    public TriageState? State { get; init; }

    /// <summary>Mildest severity.</summary>
    public FindingSeverity? From { get; init; }

    public string App { get; init; } = "";

    public string User { get; init; } = "";

    public string DeviceId { get; init; } = "";

    public string Detector { get; init; } = "";

    public string Policy { get; init; } = "";

    public string Assignee { get; init; } = "";

    public string CallId { get; init; } = "";

    public string ConversationId { get; init; } = "";

    /// <summary>Unix milliseconds of arrival; 0 for all.</summary>
    public long SinceMs { get; init; }

    /// <summary>Narrows a query.</summary>
    public IQueryable<ViolationRow> Apply(IQueryable<ViolationRow> rows)
    {
        rows = State is { } state ? rows.Where(v => v.State == state) : rows;
        rows = From is { } from ? rows.Where(v => v.Severity >= from) : rows;
        rows = App.Length > 0 ? rows.Where(v => v.App == App || v.Process == App) : rows;
        rows = User.Length > 0 ? rows.Where(v => v.User == User) : rows;
        rows = DeviceId.Length > 0 ? rows.Where(v => v.DeviceId == DeviceId) : rows;
        rows = Detector.Length > 0 ? rows.Where(v => v.Detector == Detector || v.Entity == Detector) : rows;
        rows = Policy.Length > 0 ? rows.Where(v => v.Policy == Policy) : rows;
        rows = Assignee.Length > 0 ? rows.Where(v => v.Assignee == Assignee) : rows;
        rows = CallId.Length > 0 ? rows.Where(v => v.CallId == CallId) : rows;
        rows = ConversationId.Length > 0 ? rows.Where(v => v.ConversationId == ConversationId) : rows;
        return SinceMs > 0 ? rows.Where(v => v.ReceivedMs >= SinceMs) : rows;
    }
}
