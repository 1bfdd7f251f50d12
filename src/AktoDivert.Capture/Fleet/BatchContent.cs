using System.Net;
using System.Net.Http.Headers;

namespace AktoDivert.Capture.Fleet;

/// <summary>The body of <c>POST /api/ingestData</c>, put together from records that are serialised already.</summary>
internal sealed class BatchContent : HttpContent
{
    private static ReadOnlySpan<byte> Start => "{\"batchData\":["u8;

    private static ReadOnlySpan<byte> End => "]}"u8;

    private readonly IReadOnlyList<SerializedRecord> _records;

    public BatchContent(IReadOnlyList<SerializedRecord> records)
    {
        _records = records;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Start.ToArray(), cancellationToken);
        for (var i = 0; i < _records.Count; i++)
        {
            if (i > 0)
            {
                await stream.WriteAsync(","u8.ToArray(), cancellationToken);
            }

            await stream.WriteAsync(_records[i].Json, cancellationToken);
        }

        await stream.WriteAsync(End.ToArray(), cancellationToken);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = Start.Length + End.Length + Math.Max(0, _records.Count - 1) + _records.Sum(r => (long)r.Length);
        return true;
    }
}
