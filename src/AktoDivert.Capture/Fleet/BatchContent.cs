using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace AktoDivert.Capture.Fleet;

/// <summary>
/// The body of <c>POST /api/ingestData</c>, put together from records that are serialised already. Many share a write: a system call and a TLS
/// record for each costs more than copying it.
/// </summary>
internal sealed class BatchContent : HttpContent
{
    private const int WriteBytes = 64 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly IReadOnlyList<SerializedRecord> _records;

    public BatchContent(IReadOnlyList<SerializedRecord> records)
    {
        _records = records;
        Headers.ContentType = Json;
    }

    private static ReadOnlySpan<byte> Start => "{\"batchData\":["u8;

    private static ReadOnlySpan<byte> End => "]}"u8;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(WriteBytes);
        try
        {
            var used = Copy(Start, buffer, 0);
            for (var i = 0; i < _records.Count; i++)
            {
                // A comma before it and the end behind it.
                var json = _records[i].Json;
                if (json.Length + 1 + End.Length > buffer.Length - used)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, used), cancellationToken);
                    used = 0;
                }

                used = i > 0 ? Copy(","u8, buffer, used) : used;
                if (json.Length + End.Length <= buffer.Length - used)
                {
                    used = Copy(json.Span, buffer, used);
                }
                else
                {
                    await stream.WriteAsync(buffer.AsMemory(0, used), cancellationToken);
                    await stream.WriteAsync(json, cancellationToken);
                    used = 0;
                }
            }

            used = Copy(End, buffer, used);
            await stream.WriteAsync(buffer.AsMemory(0, used), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = Start.Length + End.Length + Math.Max(0, _records.Count - 1);
        for (var i = 0; i < _records.Count; i++)
        {
            length += _records[i].Length;
        }

        return true;
    }

    private static int Copy(ReadOnlySpan<byte> bytes, byte[] buffer, int used)
    {
        bytes.CopyTo(buffer.AsSpan(used));
        return used + bytes.Length;
    }
}
