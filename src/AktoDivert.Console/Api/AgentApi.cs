using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Devices;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Traffic;
using AktoDivert.Core.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace AktoDivert.Console.Api;

/// <summary>What AktoDivert's agent uses beyond Akto's contracts: enrolment, the live settings stream, and which version it is to run.</summary>
internal static class AgentApi
{
    private const int LongestId = 128;
    private const int LargestEnrolment = 16 << 10;

    public static void MapAgentApi(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/agent/enrol", EnrolAsync).AllowAnonymous().RequireRateLimiting(SignInEndpoints.RateLimit);
        routes.MapPost("/api/agent/flows", ReportFlowsAsync).RequireAuthorization(Roles.Device);
        routes.MapPost("/api/agent/diagnostics", AnswerAsync).RequireAuthorization(Roles.Device);
        routes.MapGet("/api/agent/update", WantedAsync).RequireAuthorization(Roles.Device);
        routes.MapGet("/api/agent/settings", SettingsStream.ServeAsync).RequireAuthorization(Roles.Device);
    }

    private static Task<IResult> ReportFlowsAsync(
        HttpContext context, IngestCapacity capacity, IngestQueue<FlowRow> queue, FlowIntake intake, DevicePresence presence, TimeProvider time) =>
        IngestBody.AcceptAsync(context, capacity, (ref Utf8JsonReader reader) => JsonSerializer.Deserialize(ref reader, WireJson.Default.FlowReport), async report =>
        {
            if (report?.Flows is not { Count: <= FlowReport.MostFlows } flows || flows.Any(f => f is null))
            {
                return AktoApi.ActionErrors($"flows must be an array of at most {FlowReport.MostFlows} flows.");
            }

            var device = context.User.Identity!.Name!;
            presence.Seen(device);
            var received = time.GetUtcNow();
            await queue.StoreAsync([.. flows.Select(f => intake.Read(f, report, device, received)).OfType<FlowRow>()], context.RequestAborted);
            return AktoApi.Success();
        });

    private static Task<IResult> AnswerAsync(HttpContext context, IngestCapacity capacity, DeviceDiagnostics diagnostics) =>
        IngestBody.AcceptAsync(context, capacity, (ref Utf8JsonReader reader) => JsonSerializer.Deserialize(ref reader, WireJson.Default.DiagnosticsReport), async report =>
            report is not null && await diagnostics.AnswerAsync(context.User.Identity!.Name!, report, context.RequestAborted)
                ? AktoApi.Success()
                : AktoApi.ActionErrors($"Nobody asked for diagnostics, something is missing in them, or they have more than {DiagnosticsReport.MostBytes} bytes."));

    private static async Task<IResult> WantedAsync(HttpContext context, DeviceStore devices)
    {
        var id = context.User.Identity!.Name!;
        return await devices.FindAsync(id, context.RequestAborted) is { } device
            ? TypedResults.Json(new WantedVersion { Ring = device.Ring, Version = device.WantedVersion }, WireJson.Default.WantedVersion)
            : Outcomes.NoSuch($"device {id}");
    }

    private static async Task<IResult> EnrolAsync(HttpContext context, DeviceStore devices)
    {
        // Anybody may post here, so nobody may make the console hold much.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestEnrolment;
        try
        {
            var request = await JsonSerializer.DeserializeAsync(context.Request.Body, WireJson.Default.EnrolRequest, context.RequestAborted);
            if (request is not { EnrolmentToken.Length: > 0, DeviceId.Length: > 0 and <= LongestId, DeviceName.Length: > 0, Os: not null })
            {
                return TypedResults.Problem("enrolmentToken, deviceId, deviceName and os are needed.", statusCode: StatusCodes.Status422UnprocessableEntity);
            }

            return await devices.EnrolAsync(request, context.RequestAborted) is { } token
                ? TypedResults.Json(new EnrolResponse(token), WireJson.Default.EnrolResponse)
                : TypedResults.Problem(
                    "The enrolment token is unknown, used or expired. Make a new one on the Devices page.", statusCode: StatusCodes.Status401Unauthorized);
        }
        catch (JsonException e)
        {
            return TypedResults.Problem($"The body is no enrolment: {e.Message}", statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }
}
