using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Calls;

/// <summary>The one writer of calls or flows: commits whatever uploads wait in one transaction, so that the cost of a commit is shared.</summary>
internal abstract partial class IngestWriter<T>(IngestQueue<T> queue, ILogger logger) : BackgroundService
{
    private const int MostPerCommit = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await queue.Reader.WaitToReadAsync(stoppingToken))
        {
            var uploads = new List<IngestUpload<T>>();
            var items = 0;
            while (items < MostPerCommit && queue.Reader.TryRead(out var upload))
            {
                uploads.Add(upload);
                items += upload.Items.Count;
            }

            await CommitAsync(uploads);
        }
    }

    /// <summary>Stores items in one transaction and, once they are safe and <paramref name="acknowledge"/> told their senders so, tells who shows them.</summary>
    protected abstract Task StoreAsync(IReadOnlyList<T> items, Action acknowledge);

    private async Task CommitAsync(List<IngestUpload<T>> uploads)
    {
        try
        {
            await StoreAsync([.. uploads.SelectMany(u => u.Items)], () => uploads.ForEach(u => u.Stored.TrySetResult()));
        }
        catch (Exception e) when (e is DbUpdateException or DbException)
        {
            LogCommitFailed(e, uploads.Count);
            uploads.ForEach(u => u.Stored.TrySetException(e));
        }
    }

    [LoggerMessage(5001, LogLevel.Error, "{Uploads} uploads could not be stored; their agents will send them again.")]
    private partial void LogCommitFailed(Exception fault, int uploads);
}
