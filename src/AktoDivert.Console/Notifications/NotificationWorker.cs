using System.Data.Common;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Notifications;

/// <summary>Announces violations: gathers them for each target, and sends what is due.</summary>
internal sealed partial class NotificationWorker(
    NotificationQueue queue, NotificationTargets targets, NotificationSender sender, TimeProvider time, ILogger<NotificationWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, NotificationBook> _books = new(StringComparer.Ordinal);
    private IReadOnlyList<NotificationTargetRow> _targets = [];
    private long _readMs;
    private int _stale = 1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        targets.Changed += Outdate;
        try
        {
            using var timer = new PeriodicTimer(Tick, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await StepAsync(time.GetUtcNow().ToUnixTimeMilliseconds(), stoppingToken);
                }
                catch (DbException e)
                {
                    LogFailed(e);
                }
            }
        }
        finally
        {
            targets.Changed -= Outdate;
        }
    }

    private void Outdate() => Interlocked.Exchange(ref _stale, 1);

    private async Task StepAsync(long nowMs, CancellationToken cancellation)
    {
        // Another node may have changed them.
        if (Interlocked.Exchange(ref _stale, 0) == 1 || nowMs > _readMs + Fresh.TotalMilliseconds)
        {
            (_targets, _readMs) = ((await targets.ListAsync(cancellation)).Where(t => t.Enabled).ToList(), nowMs);
        }

        while (queue.Reader.TryRead(out var violation))
        {
            foreach (var target in _targets.Where(t => violation.Severity >= t.From))
            {
                BookOf(target).Add(violation, target, nowMs);
            }
        }

        foreach (var target in _targets)
        {
            foreach (var group in BookOf(target).Take(target, nowMs))
            {
                if (await sender.SendAsync(target, group, BookOf(target).TakeHeld(), cancellation) is { } error)
                {
                    LogNotSent(target.Name, error);
                }
            }
        }
    }

    private NotificationBook BookOf(NotificationTargetRow target) =>
        _books.TryGetValue(target.Id, out var book) ? book : _books[target.Id] = new NotificationBook();

    [LoggerMessage(5301, LogLevel.Warning, "A notification to {Target} did not arrive: {Reason}")]
    private partial void LogNotSent(string target, string reason);

    [LoggerMessage(5302, LogLevel.Warning, "Notifying failed; it goes on.")]
    private partial void LogFailed(Exception fault);
}
