using AktoDivert.Console.Calls;
using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Inventory;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Traffic;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AktoDivert.Console.Api;

/// <summary>Reads captured calls and flows.</summary>
internal static class CallsApi
{
    private const int DefaultLimit = 100;

    public static void Map(IEndpointRouteBuilder calls)
    {
        calls.MapGet("/calls", ListAsync).WithSummary("Lists calls, newest first; with after, oldest first from there");
        calls.MapGet("/calls/{id}", FindAsync).WithSummary("A call with its content and the tools it offered, which only analysts and administrators get");
        calls.MapGet("/calls/timeline", CallsTimelineAsync).WithSummary("Calls over time by app, the columns of the graph; where the filter finds many, among the newest 50,000");
        calls.MapGet("/flows/timeline", FlowsTimelineAsync).WithSummary("Flows over time by app, among the newest 50,000");
        calls.MapGet("/flows", FlowsAsync).WithSummary("Lists flows, those that began last first");
        calls.MapGet("/conversations/{id}", async (string id, CallQuery query, Actor who, CancellationToken cancellation, int limit = DefaultLimit) =>
            await query.ConversationAsync(id, limit, who, cancellation)).WithSummary("The calls of a conversation, oldest first");
    }

    /// <summary>Newest first; with <paramref name="after"/> (a <c>seq</c>) oldest first from there, for scripts that follow.</summary>
    private static async Task<IResult> ListAsync(
        CallQuery calls, TimeProvider time, Actor who, CancellationToken cancellation, long? after = null, int limit = DefaultLimit, int skip = 0, string host = "",
        string app = "", string q = "")
    {
        var filter = CallFilter.Parse(q, time.GetUtcNow()).With("host", host).With("app", app);
        if (filter.Errors.Count > 0)
        {
            return Misread(filter.Errors);
        }

        return TypedResults.Ok(after is { } seq
            ? await calls.AfterAsync(seq, filter, limit, who, cancellation)
            : await calls.NewestAsync(filter, Math.Max(skip, 0), limit, who, cancellation));
    }

    private static async Task<IResult> FlowsAsync(
        FlowQuery flows, TimeProvider time, CancellationToken cancellation, int limit = DefaultLimit, int skip = 0, string q = "")
    {
        var filter = FlowFilter.Parse(q, time.GetUtcNow());
        return filter.Errors.Count > 0
            ? Misread(filter.Errors)
            : TypedResults.Ok(await flows.ListAsync(filter, "", true, skip, limit, cancellation));
    }

    private static async Task<IResult> CallsTimelineAsync(
        CallQuery calls, TimelineQuery timeline, TimeProvider time, CancellationToken cancellation, string q = "")
    {
        var filter = CallFilter.Parse(q, time.GetUtcNow());
        return filter.Errors.Count > 0
            ? Misread(filter.Errors)
            : TypedResults.Ok(await timeline.CallsAsync(q, promptsOnly: false, await calls.CountAsync(filter, cancellation), cancellation));
    }

    private static async Task<IResult> FlowsTimelineAsync(TimelineQuery timeline, TimeProvider time, CancellationToken cancellation, string q = "")
    {
        var filter = FlowFilter.Parse(q, time.GetUtcNow());
        return filter.Errors.Count > 0
            ? Misread(filter.Errors)
            : TypedResults.Ok(await timeline.FlowsAsync(q, cancellation));
    }

    private static ProblemHttpResult Misread(IReadOnlyList<FilterError> errors) => TypedResults.Problem(errors[0].Message, statusCode: StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> FindAsync(string id, CallQuery calls, SettingsStore settings, TimeProvider time, Actor who, CancellationToken cancellation) =>
        await calls.FindAsync(id, who, cancellation) is var (call, content)
            ? TypedResults.Ok(new { call, content, offeredTools = ToolPolicy.Of(settings.Current).OfferedBy(content, time.GetUtcNow()) })
            : Outcomes.NoSuch($"call {id}");
}
