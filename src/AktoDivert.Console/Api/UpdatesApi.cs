using AktoDivert.Console.Devices;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;

namespace AktoDivert.Console.Api;

/// <summary>Update rings: which version devices are to run.</summary>
internal static class UpdatesApi
{
    public static void Map(RouteGroupBuilder updates)
    {
        updates.MapGet("", async (SettingsStore settings, DeviceStore devices, CancellationToken cancellation) =>
            new { rings = RingStanding.Of(settings.Current, await devices.ListAsync(cancellation)) })
            .WithSummary("Lists the update rings in order, with how many devices run their version");
        updates.MapPut("", async (RingsBody body, Actor by, UpdateRings rings, CancellationToken cancellation) =>
            UpdateRings.Check(body.Rings) is { Count: > 0 } faults
                ? Outcomes.Refused(faults.ToLookup(f => f.Field, f => f.Problem))
                : Outcomes.Of(await rings.PutAsync(body.Rings, by, cancellation), "rings"))
            .RequireAuthorization(Roles.Admin).WithSummary("Replaces the update rings, in order; the last takes every device that no other does");
    }

    /// <summary>Body of the rings.</summary>
    internal sealed record RingsBody(IReadOnlyList<UpdateRing> Rings);
}
