using AktoDivert.Console.Settings;

namespace AktoDivert.Console.Api;

/// <summary>Answers to changes; errors are problem details (RFC 9457).</summary>
internal static class Outcomes
{
    /// <summary>The version in force, or 422 with what is wrong with a field.</summary>
    public static IResult Of(SettingsChange change, string field) => change.Applied
        ? TypedResults.Ok(new SettingsVersion(change.Version))
        : Refused(field, [.. change.Errors]);

    /// <summary>204, or 422 with what is wrong with a field.</summary>
    public static IResult Of(string? error, string field) => error is null ? TypedResults.NoContent() : Refused(field, error);

    /// <summary>204, or 404.</summary>
    public static IResult Of(bool found, string what) => found ? TypedResults.NoContent() : NoSuch(what);

    /// <summary>422 with what is wrong with a field.</summary>
    public static IResult Refused(string field, params string[] errors) => Refused(errors.ToLookup(_ => field));

    /// <summary>422 with what is wrong with each field.</summary>
    public static IResult Refused(ILookup<string, string> errors) => TypedResults.Problem(
        new HttpValidationProblemDetails(errors.ToDictionary(field => field.Key, field => field.ToArray())) { Status = StatusCodes.Status422UnprocessableEntity });

    /// <summary>404.</summary>
    public static IResult NoSuch(string what) => TypedResults.Problem($"There is no {what}.", statusCode: StatusCodes.Status404NotFound);
}
