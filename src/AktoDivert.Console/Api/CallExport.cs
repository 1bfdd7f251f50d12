using AktoDivert.Console.Calls;
using AktoDivert.Console.Calls.Export;
using AktoDivert.Console.SignIn;

namespace AktoDivert.Console.Api;

/// <summary>Calls as files: one, or all that a filter lets through. Credentials are masked; every export is a look at content and so is audited.</summary>
internal static class CallExport
{
    private const int MostCalls = 10_000;

    public static void MapCallExport(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/export/calls").RequireAuthorization(Roles.Analyst).ExcludeFromDescription();
        group.MapGet("", ManyAsync);
        group.MapGet("/{id}", OneAsync);
    }

    private static async Task<IResult> OneAsync(string id, Actor who, CallQuery calls, CancellationToken request, string format = "har")
    {
        if (await calls.FindAsync(id, who, request) is not (var call, { } content))
        {
            return TypedResults.Problem($"There is no call {id}, or nothing of its content is kept.", statusCode: StatusCodes.Status404NotFound);
        }

        var exported = ExportedCall.From(call, content);
        return format == "curl"
            ? TypedResults.Text(CurlCommand.Of(exported), "text/x-shellscript")
            : Stream(format, "call", (into, cancellation) => WriteAsync(format, into, One(exported), cancellation));
    }

    private static IResult ManyAsync(Actor who, CallQuery calls, TimeProvider time, string q = "", bool all = false, string format = "jsonl")
    {
        var filter = CallFilter.Parse(q, time.GetUtcNow(), promptsOnly: !all);
        return filter.Errors.Count > 0
            ? TypedResults.Problem(filter.Errors[0].Message, statusCode: StatusCodes.Status422UnprocessableEntity)
            : Stream(format, "calls", (into, cancellation) => WriteAsync(format, into, ReadAsync(calls, filter, who), cancellation));
    }

    private static IResult Stream(string format, string name, Func<Stream, CancellationToken, Task> write) => format is "har" or "jsonl"
        ? TypedResults.Stream(into => write(into, CancellationToken.None), "application/json", $"{name}.{format}")
        : TypedResults.Problem($"There is no format {format}: har and jsonl exist, and curl for one call.", statusCode: StatusCodes.Status422UnprocessableEntity);

    private static async Task WriteAsync(string format, Stream into, IAsyncEnumerable<ExportedCall> calls, CancellationToken cancellation)
    {
        if (format == "jsonl")
        {
            await foreach (var call in calls.WithCancellation(cancellation))
            {
                await JsonLines.WriteAsync(into, call, cancellation);
            }

            return;
        }

        await using var har = new HarWriter(into);
        await foreach (var call in calls.WithCancellation(cancellation))
        {
            await har.AddAsync(call, cancellation);
        }
    }

    private static async IAsyncEnumerable<ExportedCall> ReadAsync(CallQuery calls, CallFilter filter, Actor by)
    {
        for (var skip = 0; skip < MostCalls; skip += CallQuery.MostAtOnce)
        {
            var rows = await calls.NewestAsync(filter, skip, CallQuery.MostAtOnce, by, CancellationToken.None);
            foreach (var row in rows)
            {
                if (await calls.FindAsync(row.Id, by, CancellationToken.None) is (var call, { } content))
                {
                    yield return ExportedCall.From(call, content);
                }
            }

            if (rows.Count < CallQuery.MostAtOnce)
            {
                yield break;
            }
        }
    }

    private static async IAsyncEnumerable<ExportedCall> One(ExportedCall call)
    {
        await Task.CompletedTask;
        yield return call;
    }
}
