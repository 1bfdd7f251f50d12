using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Audit;

/// <summary>What entries of the audit log to list.</summary>
/// <param name="Who">Exactly; empty for all.</param>
/// <param name="Action">Begin of the action, <c>content.</c> for all looks at content; empty for all.</param>
/// <param name="Target">What the target must contain; empty for all.</param>
/// <param name="SinceMs">Unix milliseconds; 0 for all.</param>
internal sealed record AuditFilter(string Who = "", string Action = "", string Target = "", long SinceMs = 0)
{
    /// <summary>Narrows a query.</summary>
    public IQueryable<AuditEntryRow> Apply(IQueryable<AuditEntryRow> entries)
    {
        entries = Who.Length > 0 ? entries.Where(a => a.Who == Who) : entries;
        entries = Action.Length > 0 ? entries.Where(a => a.Action.StartsWith(Action)) : entries;
        entries = Target.Length > 0 ? entries.Where(a => a.Target.Contains(Target)) : entries;
        return SinceMs > 0 ? entries.Where(a => a.AtMs >= SinceMs) : entries;
    }
}
