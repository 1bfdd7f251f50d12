using AktoDivert.Console.Notifications;
using AktoDivert.Console.SignIn;

namespace AktoDivert.Console.Api;

/// <summary>Where violations are announced. Secrets go in and never out.</summary>
internal static class NotificationsApi
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("", async (NotificationTargets targets, CancellationToken cancellation) => (await targets.ListAsync(cancellation)).Select(t => new
        {
            t.Id, t.Name, t.Kind, t.Address, t.Recipients, hasSecret = t.SealedSecret is not null, t.From, t.Enabled, t.GroupSeconds, t.MostPerHour,
            t.LastError, t.LastSentMs,
        })).WithSummary("Lists the targets");
        group.MapPost("", async (NotificationTargetDraft draft, Actor by, NotificationTargets targets, CancellationToken cancellation) =>
            Outcomes.Of(await targets.PutAsync(draft, by, cancellation), "target")).WithSummary("Adds a target, or changes the one with its id");
        group.MapDelete("/{id}", async (string id, Actor by, NotificationTargets targets, CancellationToken cancellation) =>
            Outcomes.Of(await targets.DeleteAsync(id, by, cancellation), $"target {id}")).WithSummary("Deletes a target");
        group.MapPost("/{id}/test", async (string id, Actor by, NotificationSender sender, CancellationToken cancellation) =>
            Outcomes.Of(await sender.TestAsync(id, by, cancellation), "target")).WithSummary("Sends a test message");
    }
}
