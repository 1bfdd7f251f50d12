using Microsoft.AspNetCore.Components;
using Radzen;

namespace AktoDivert.Console.Components;

/// <summary>A part of a page that follows what changes.</summary>
public abstract partial class FollowingComponent : ComponentBase
{
    /// <summary>Says things to the person in a corner of the page.</summary>
    [Inject] private protected NotificationService Notes { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    [Inject] private ILogger<FollowingComponent> Logger { get; set; } = default!;

    /// <summary>Gathers requests for a refresh; its failures are logged, and the person is told that the page is not up to date.</summary>
    /// <param name="refresh">The refresh; it runs on the page's own thread of work.</param>
    /// <param name="pause">Time in which requests are gathered.</param>
    private protected Gathered Gather(Func<Task> refresh, TimeSpan pause) => new(() => InvokeAsync(refresh), pause, Clock, fault =>
    {
        LogRefreshFailed(Logger, GetType().Name, fault);
        _ = InvokeAsync(() => Notes.Notify(NotificationSeverity.Warning, "Not up to date", "What this page shows could not be read just now; it is tried again."));
    });

    [LoggerMessage(5501, LogLevel.Warning, "{Page} could not be refreshed; it is tried again.")]
    private static partial void LogRefreshFailed(ILogger logger, string page, Exception fault);
}
