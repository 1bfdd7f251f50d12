using System.Text.Json;
using AktoDivert.Console.Devices;
using AktoDivert.Console.SignIn;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Api;

/// <summary>Devices and their enrolment.</summary>
internal static class DevicesApi
{
    private static readonly WireJson Readable = new(new JsonSerializerOptions { WriteIndented = true });

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/devices", async (DeviceStore devices, CancellationToken cancellation) => await devices.ListAsync(cancellation))
            .WithSummary("Lists devices with their last state");
        group.MapPut("/devices/{id}/tags", async (string id, TagsEntry entry, Actor by, DeviceStore devices, CancellationToken cancellation) =>
            Outcomes.Of(await devices.TagAsync(id, entry.Tags, by, cancellation), "tags"))
            .RequireAuthorization(Roles.Admin).WithSummary("Sets a device's tags");
        group.MapPost("/devices/{id}/retire", async (string id, Actor by, DeviceStore devices, CancellationToken cancellation) =>
            Outcomes.Of(await devices.RetireAsync(id, by, cancellation), $"device {id}"))
            .RequireAuthorization(Roles.Admin).WithSummary("Retires a device: its token ends");
        group.MapPost("/devices/{id}/diagnostics", async (string id, Actor by, DeviceDiagnostics diagnostics, CancellationToken cancellation) =>
            Outcomes.Of(await diagnostics.AskAsync(id, by, cancellation), $"device {id}"))
            .RequireAuthorization(Roles.Admin).WithSummary("Asks a device for diagnostics; it answers as soon as it is connected");
        group.MapGet("/devices/{id}/diagnostics", async (string id, DeviceDiagnostics diagnostics, CancellationToken cancellation) =>
            (await diagnostics.FindAsync(id, cancellation)).Answer is { } answer
                ? TypedResults.File(JsonSerializer.SerializeToUtf8Bytes(answer, Readable.DiagnosticsReport), "application/json", "diagnostics.json")
                : Outcomes.NoSuch($"answer of device {id} to a question for diagnostics"))
            .RequireAuthorization(Roles.Admin).WithSummary("The last diagnostics of a device, as a file");
        group.MapPost("/enrolment-tokens", async (AccessTokens tokens, Actor by, CancellationToken cancellation) => new
        {
            token = await tokens.IssueEnrolmentAsync(by, cancellation), lifetimeSeconds = (long)AccessTokens.OneTimeLifetime.TotalSeconds,
        }).RequireAuthorization(Roles.Admin).WithSummary("Makes a one-time token for an agent to enrol with");
    }

    /// <summary>Body that sets tags.</summary>
    internal sealed record TagsEntry(IReadOnlyList<string> Tags);
}
