using System.Threading.Channels;

namespace AktoDivert.Console.Calls;

/// <summary>
/// Between the uploads and the one writer. Each upload reserves room as it is read (<see cref="IngestRoom"/>), so memory stays bounded however
/// many agents come back at once; who finds no room is told to come again.
/// </summary>
/// <typeparam name="T">What is uploaded.</typeparam>
internal sealed class IngestQueue<T>
{
    private const int MostUploads = 1024;

    private readonly Channel<IngestUpload<T>> _uploads = Channel.CreateBounded<IngestUpload<T>>(
        new BoundedChannelOptions(MostUploads) { SingleReader = true });

    /// <summary>Uploads for the writer.</summary>
    public ChannelReader<IngestUpload<T>> Reader => _uploads.Reader;

    /// <summary>Hands an upload's items to the writer and waits until they are committed: an upload is only acknowledged when it cannot be lost any more.</summary>
    public async Task StoreAsync(IReadOnlyList<T> items, CancellationToken cancellation)
    {
        var upload = new IngestUpload<T>(items, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _uploads.Writer.WriteAsync(upload, cancellation);
        await upload.Stored.Task.WaitAsync(cancellation);
    }
}
