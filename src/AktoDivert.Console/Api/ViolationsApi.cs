using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Violations;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Api;

/// <summary>Violations, and exceptions from guardrails.</summary>
internal static class ViolationsApi
{
    private const int DefaultLimit = 100;

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/violations", ListAsync).WithSummary("Lists violations, newest first");
        group.MapGet("/violations/{id}", async (string id, ViolationStore violations, CancellationToken cancellation) =>
            await violations.FindAsync(id, cancellation) is var (violation, comments)
                ? Results.Ok(new { violation, comments })
                : Outcomes.NoSuch($"violation {id}")).WithSummary("A violation with its comments");
        group.MapPost("/violations/triage", async (TriageEntry entry, Actor by, ViolationStore violations, CancellationToken cancellation) =>
            new { changed = await violations.TriageAsync(entry.Ids, entry.State, by, cancellation) })
            .RequireAuthorization(Roles.Analyst).WithSummary("Sets where violations stand");
        group.MapPost("/violations/assign", async (AssignEntry entry, Actor by, ViolationStore violations, CancellationToken cancellation) =>
            new { changed = await violations.AssignAsync(entry.Ids, entry.Assignee, by, cancellation) })
            .RequireAuthorization(Roles.Analyst).WithSummary("Assigns violations");
        group.MapPost("/violations/{id}/comments", async (string id, CommentEntry entry, Actor by, ViolationStore violations, CancellationToken cancellation) =>
            Outcomes.Of(await violations.CommentAsync(id, entry.Text, by, cancellation), $"violation {id}, or the comment is empty or too long"))
            .RequireAuthorization(Roles.Analyst).WithSummary("Comments on a violation");
        group.MapGet("/exceptions", (SettingsStore settings) => settings.Current.Exceptions).WithSummary("Lists exceptions from guardrails");
        group.MapPost("/exceptions", async (ExceptionDraft draft, Actor by, ViolationExceptions exceptions, CancellationToken cancellation) =>
            Outcomes.Of(await exceptions.AddAsync(draft, by, cancellation), "exception"))
            .RequireAuthorization(Roles.Analyst).WithSummary("Adds an exception");
        group.MapDelete("/exceptions/{id}", async (string id, Actor by, ViolationExceptions exceptions, CancellationToken cancellation) =>
            Outcomes.Of(await exceptions.DeleteAsync(id, by, cancellation), "exception"))
            .RequireAuthorization(Roles.Analyst).WithSummary("Ends an exception");
    }

    private static async Task<IReadOnlyList<ViolationRow>> ListAsync(
        ViolationStore violations, CancellationToken cancellation, TriageState? state = null, FindingSeverity? from = null, string app = "",
        string user = "", string device = "", string detector = "", string policy = "", string assignee = "", string call = "",
        string conversation = "", long since = 0, int skip = 0, int limit = DefaultLimit)
    {
        var filter = new ViolationFilter
        {
            State = state, From = from, App = app, User = user, DeviceId = device, Detector = detector, Policy = policy, Assignee = assignee,
            CallId = call, ConversationId = conversation, SinceMs = since,
        };
        return await violations.ListAsync(filter, Math.Max(skip, 0), limit, cancellation);
    }

    /// <summary>Body that sets where violations stand.</summary>
    internal sealed record TriageEntry(IReadOnlyList<string> Ids, TriageState State);

    /// <summary>Body that assigns violations.</summary>
    internal sealed record AssignEntry(IReadOnlyList<string> Ids, string Assignee);

    /// <summary>Body of a comment.</summary>
    internal sealed record CommentEntry(string Text);
}
