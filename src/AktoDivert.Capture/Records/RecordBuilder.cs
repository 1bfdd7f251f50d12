using AktoDivert.Core.Content;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Capture.Records;

/// <summary>
/// Builds the wire record of an exchange, and shrinks it until it is small enough for Akto's pipeline. Bytes become bytes: a clean call
/// costs no string and no garbage. Not thread-safe.
/// </summary>
internal sealed class RecordBuilder(CaptureOptions options, DeviceIdentity device, TimeProvider time, AgentCounters counters) : IDisposable
{
    /// <summary>
    /// Most bytes of a serialised record: Kafka refuses 5 MiB records silently after the service answered 200, and re-serialises them.
    /// </summary>
    public const int MaxRecordBytes = 4 << 20;

    private readonly ByteBuffer _json = new(int.MaxValue);
    private readonly RecordIds _ids = new();
    private readonly RecordWriter _writer = new(options, device, time, counters);

    /// <summary>Builds the record: one JSON object in UTF-8, an <see cref="Core.Wire.IngestRecord"/>. The exchange stays the caller's.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="pathRule">The path rule that applied to it; empty when the connection's own decision stands.</param>
    /// <returns>The record, valid until the next call.</returns>
    public ReadOnlySpan<byte> Build(Exchange exchange, string pathRule = "")
    {
        var id = _ids.Next(time.GetUtcNow());
        for (var limit = options.BodyLimit; ; limit /= 2)
        {
            _json.Clear();
            _writer.Write(exchange, pathRule, id, limit, _json);
            if (_json.Length <= MaxRecordBytes || limit <= RecordWriter.SmallestBody)
            {
                return _json.Span;
            }

            counters.Add("capture.shrunk.record-size");
        }
    }

    /// <summary>Gives its buffers back.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _writer.Dispose();
    }
}
