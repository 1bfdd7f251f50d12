using System.Buffers;
using System.Buffers.Text;
using System.Text;
using AktoDivert.Capture.Cut;
using AktoDivert.Capture.Decode;
using AktoDivert.Capture.Scrub;
using AktoDivert.Capture.Sse;
using AktoDivert.Capture.Sse.Reassembly;
using AktoDivert.Core.Content;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Capture.Records;

/// <summary>
/// Makes a body as it passed into the text of a record: decode, reassemble, scrub, cut, in this order, so that nothing leaves
/// unscrubbed and no cut hides a credential's name from the scrubber. JSON without credentials is not even copied. Not thread-safe.
/// </summary>
internal sealed class BodyRenderer(CaptureOptions options, AgentCounters counters) : IDisposable
{
    private readonly ByteMemo<MediaType> _types = new();
    private readonly JsonScrubber _scrubber = new();
    private readonly ByteBuffer _decoded = new(options.InflatedLimit);
    private readonly ByteBuffer _scrubbed = new(int.MaxValue);

    /// <summary>Prefix of binary content.</summary>
    public static ReadOnlySpan<byte> Base64Prefix => "base64:"u8;

    /// <summary>Renders a request or response body; <paramref name="limit"/> is the most bytes of UTF-8 in the result.</summary>
    public RenderedBody Render(CapturedBody body, ReadOnlySpan<byte> contentType, string codings, int limit)
    {
        if (body.Kept.IsEmpty)
        {
            return body.TotalBytes == 0 ? RenderedBody.Empty : new RenderedBody(default, $"none of {body.TotalBytes} bytes kept");
        }

        if (codings.Length == 0 && body.Kept.Length <= options.InflatedLimit)
        {
            var plain = Render(body.Kept, TypeOf(contentType), limit);
            return plain with { Missing = Join(Missing(body, DecodeOutcome.Complete), plain.Missing) };
        }

        _decoded.Clear();
        var outcome = ContentDecoder.Decode(body.Kept, codings, _decoded, options.InflatedLimit);
        if (outcome == DecodeOutcome.Unsupported)
        {
            counters.Add("capture.undecoded.unsupported-coding");
            return new RenderedBody(Binary(body.Kept.Span, limit), $"left as compressed: {SecretShapes.Replace(codings)}") { IsPlain = true };
        }

        var missing = Missing(body, outcome);
        var rendered = Render(_decoded.Memory, TypeOf(contentType), limit);
        return rendered with { Missing = Join(missing, rendered.Missing) };
    }

    /// <summary>Renders one WebSocket message.</summary>
    public RenderedBody Render(WebSocketMessage message, int limit)
    {
        var missing = message.Payload.IsTruncated ? $"kept {message.Payload.Kept.Length} of {message.Payload.TotalBytes} bytes" : null;
        var text = message.IsText ? BodyText.ToUtf8(message.Payload.Kept, BodyCharset.Utf8) : null;
        return text is { } utf8
            ? new RenderedBody(Text(utf8, isJson: false, limit), missing)
            : new RenderedBody(Binary(message.Payload.Kept.Span, limit), missing) { IsPlain = true };
    }

    /// <summary>Renders the messages of one direction as one text: streamed events as their final message.</summary>
    public RenderedBody RenderStream(IEnumerable<WebSocketMessage> messages, int limit)
    {
        var stream = new StreamReassembler(options.InflatedLimit);
        foreach (var message in messages)
        {
            stream.Add(Scrubbed(message).Span);
        }

        return Reassembled(stream, limit, null);
    }

    /// <summary>Joins what is missing here and there; null when nothing is.</summary>
    public static string? Join(params ReadOnlySpan<string?> reasons)
    {
        string? joined = null;
        foreach (var reason in reasons)
        {
            if (!string.IsNullOrEmpty(reason))
            {
                joined = joined is null ? reason : $"{joined}; {reason}";
            }
        }

        return joined;
    }

    /// <summary>Gives its buffers back.</summary>
    public void Dispose()
    {
        _decoded.Dispose();
        _scrubbed.Dispose();
    }

    // A device sees the same few content types again and again.
    private MediaType TypeOf(ReadOnlySpan<byte> contentType)
    {
        _types.Trim();
        return _types.GetOrAdd(contentType, static type => MediaType.Parse(Encoding.UTF8.GetString(type)));
    }

    private RenderedBody Render(ReadOnlyMemory<byte> bytes, MediaType type, int limit)
    {
        if (type.Kind == MediaKind.Multipart)
        {
            return new RenderedBody(Utf8Of(TextCutter.Cut(MultipartScrubber.Scrub(bytes.Span, type.Boundary), limit)), null);
        }

        if (type.Kind == MediaKind.Binary || BodyText.ToUtf8(bytes, type.Charset) is not { } utf8)
        {
            return new RenderedBody(Binary(bytes.Span, limit), null) { IsPlain = true };
        }

        return type.Kind switch
        {
            MediaKind.EventStream => RenderEvents(utf8.Span, limit),
            MediaKind.Form => new RenderedBody(Utf8Of(TextCutter.Cut(ParameterScrubber.Scrub(BodyText.Lossy(utf8.Span)), limit)), null),
            _ => new RenderedBody(Text(utf8, type.Kind == MediaKind.Json, limit), null),
        };
    }

    private RenderedBody RenderEvents(ReadOnlySpan<byte> utf8, int limit)
    {
        var reader = new SseReader(options.InflatedLimit);
        var stream = new StreamReassembler(options.InflatedLimit);
        reader.Feed(utf8);
        var isCutWithin = reader.IsWithinEvent;
        reader.Finish();
        while (reader.TryRead(out var next))
        {
            stream.Add(Text(next.Data, isJson: false, int.MaxValue).Span);
        }

        return Reassembled(stream, limit, isCutWithin ? "the stream ends within an event" : null);
    }

    private RenderedBody Reassembled(StreamReassembler stream, int limit, string? missing)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        stream.Write(output);
        missing = Join(
            missing, stream.IsUnfinished ? "the stream has no end" : null, stream.IsCut ? "events over the limit left out" : null);

        // Once more as a whole: a tool call's arguments arrive in pieces that show no names.
        return new RenderedBody(Text(output.WrittenMemory, isJson: true, limit), missing);
    }

    private ReadOnlyMemory<byte> Text(ReadOnlyMemory<byte> utf8, bool isJson, int limit)
    {
        var looksLikeJson = LooksLikeJson(utf8.Span);
        if (looksLikeJson)
        {
            _scrubbed.Clear();
            var outcome = _scrubber.Scrub(utf8.Span, _scrubbed);
            if (outcome != JsonScrubOutcome.NotJson)
            {
                var whole = outcome == JsonScrubOutcome.Clean ? utf8 : _scrubbed.Memory;
                return whole.Length <= limit ? whole : Utf8Of(JsonCutter.Cut(whole.Span, limit));
            }
        }

        var text = TextScrubber.Scrub(BodyText.Lossy(utf8.Span));
        return Utf8Of(isJson && looksLikeJson ? JsonCutter.Wrap(text, "not valid JSON", limit) : TextCutter.Cut(text, limit));
    }

    private ReadOnlyMemory<byte> Scrubbed(WebSocketMessage message) =>
        message.IsText && BodyText.ToUtf8(message.Payload.Kept, BodyCharset.Utf8) is { } utf8
            ? Text(utf8, isJson: false, int.MaxValue)
            : Binary(message.Payload.Kept.Span, message.Payload.Kept.Length * 2);

    private ReadOnlyMemory<byte> Binary(ReadOnlySpan<byte> bytes, int limit)
    {
        var fits = Math.Min(bytes.Length, Math.Max(0, limit - 64) / 4 * 3);
        _scrubbed.Clear();
        _scrubbed.Append(Base64Prefix);

        var length = Base64.GetMaxEncodedToUtf8Length(fits);
        var room = _scrubbed.GetSpan(length);
        var clean = bytes;
        if (SecretShapes.MayOccur(bytes))
        {
            // The masked copy stands behind its text for a moment: one buffer for both.
            room = _scrubbed.GetSpan(length + bytes.Length);
            var masked = room.Slice(length, bytes.Length);
            bytes.CopyTo(masked);
            SecretShapes.MaskBinary(masked);
            clean = masked;
        }

        Base64.EncodeToUtf8(clean[..fits], room, out _, out var written);
        _scrubbed.Advance(written);
        if (fits < bytes.Length)
        {
            _scrubbed.Append(Utf8Of($"...[cut {bytes.Length - fits} bytes]"));
        }

        return _scrubbed.Memory;
    }

    private static byte[] Utf8Of(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Missing(CapturedBody body, DecodeOutcome outcome) => Join(
        body.IsTruncated ? $"kept {body.Kept.Length} of {body.TotalBytes} bytes" : null,
        outcome switch
        {
            DecodeOutcome.OverLimit => "inflated up to the limit",
            DecodeOutcome.Damaged => "compressed body ends early or is damaged",
            _ => null,
        });

    private static bool LooksLikeJson(ReadOnlySpan<byte> utf8)
    {
        var start = utf8.TrimStart(" \t\r\n"u8);
        return !start.IsEmpty && start[0] is (byte)'{' or (byte)'[';
    }
}
