using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Devices;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Api;

/// <summary>
/// The three posts of Akto's endpoint clients, answered as Akto's services do: success is status 200 whatever the body says, faults are
/// 422 with <c>actionErrors</c>, a bad token is 401.
/// </summary>
internal static class AktoApi
{
    /// <summary>Largest body, in bytes; Akto's own limit for <c>ingestData</c>.</summary>
    public const int LargestBody = 10 << 20;

    public static void MapAktoApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api").RequireAuthorization(Roles.Device);
        group.MapPost("/ingestData", IngestAsync);
        group.MapPost("/fetchAccountSettings", FetchSettings);
        group.MapPost("/updateModuleInfoForHeartbeat", HeartbeatAsync);
    }

    private static Task<IResult> IngestAsync(
        HttpContext context, IngestCapacity capacity, IngestQueue<NewCall> queue, CallIntake intake, DevicePresence presence, TimeProvider time) =>
        IngestBody.AcceptAsync(
            context, capacity,
            (ref Utf8JsonReader reader) =>
            {
                var received = time.GetUtcNow();
                return IngestRecords.Read(ref reader, record => intake.Read(record, context.User.Identity!.Name!, received));
            },
            async calls =>
            {
                if (calls is null)
                {
                    return ActionErrors("batchData must be an array of records.");
                }

                presence.Seen(context.User.Identity!.Name!);
                await queue.StoreAsync(calls, context.RequestAborted);
                return Success();
            });

    private static IResult FetchSettings(HttpContext context, SettingsStore settings, DevicePresence presence)
    {
        var current = settings.Current;
        presence.Delivered(context.User.Identity!.Name!, current.Version);
        return Results.Json(new AccountSettingsResponse(current.Wire), WireJson.Default.AccountSettingsResponse);
    }

    private static async Task<IResult> HeartbeatAsync(HttpContext context, DeviceStore devices)
    {
        try
        {
            var heartbeat = await JsonSerializer.DeserializeAsync(context.Request.Body, WireJson.Default.ModuleHeartbeat, context.RequestAborted);
            if (heartbeat?.ModuleInfo?.AdditionalData is null)
            {
                return ActionErrors("moduleInfo with additionalData is missing.");
            }

            await devices.HeartbeatAsync(context.User.Identity!.Name!, heartbeat.ModuleInfo, context.RequestAborted);
            return Success();
        }
        catch (JsonException e)
        {
            return ActionErrors($"The body is no heartbeat: {e.Message}");
        }
    }

    /// <summary>What Akto's clients take for success.</summary>
    public static IResult Success() => Results.Text("""{"success":true}""", "application/json");

    /// <summary>A fault of the request, as Akto's services answer it.</summary>
    public static IResult ActionErrors(string error) =>
        Results.Json(new { actionErrors = new[] { error } }, statusCode: StatusCodes.Status422UnprocessableEntity);
}
