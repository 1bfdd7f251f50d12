using AktoDivert.Core.Exchanges;

namespace AktoDivert.Capture;

/// <summary>
/// An exchange as it waits in the ring: its bytes one after the other in shared memory, without the buffers that have grown for it, which serve the
/// next call while they are in a cache. What is large or not found clean stays an exchange.
/// </summary>
internal readonly struct PackedExchange : IBacklogEntry
{
    // Copying more costs more than the buffers are worth.
    private const int Most = 32 * 1024;

    private readonly ExchangeFacts _facts;
    private readonly MemorySegment? _segment;
    private readonly ReadOnlyMemory<byte> _packed;
    private readonly (int Fields, int Bytes, bool IsTruncated) _requestHeaders;
    private readonly (int Fields, int Bytes, bool IsTruncated) _responseHeaders;
    private readonly (int Bytes, long Total) _requestBody;
    private readonly (int Bytes, long Total) _responseBody;
    private readonly (bool IsJudged, TimeSpan Took) _judgement;
    private readonly int _messages;

    /// <summary>Packs an exchange, which is released then, or keeps it as it is. It is the entry's from now on.</summary>
    public PackedExchange(Exchange exchange, MemorySegments memory)
    {
        var size = SizeOf(exchange);
        if (size > Most || IsMasked(exchange) || !exchange.Judgement.IsPlain)
        {
            (Whole, Bytes) = (exchange, size);
            return;
        }

        var packed = memory.Take(size, out _segment);
        (_facts, _packed, Bytes) = (exchange.Facts, packed, size);
        var rest = packed.Span;
        _requestHeaders = Pack(exchange.RequestHeaders, ref rest);
        _responseHeaders = Pack(exchange.ResponseHeaders, ref rest);
        _requestBody = Pack(exchange.RequestBody, ref rest);
        _responseBody = Pack(exchange.ResponseBody, ref rest);
        _messages = exchange.Messages.Count;
        foreach (var message in exchange.Messages)
        {
            Pack(message, ref rest);
        }

        _judgement = (exchange.Judgement.IsJudged, exchange.Judgement.Took);
        exchange.Judgement.Call.Span.CopyTo(rest);
        exchange.Release();
    }

    /// <summary>Bytes of header fields, bodies and messages.</summary>
    public int Bytes { get; }

    /// <summary>When it ended: <see cref="Exchange.EndTimestamp"/>.</summary>
    public long EndTimestamp => Whole?.EndTimestamp ?? _facts.EndTimestamp;

    /// <summary>The exchange that was not packed; null for one that was.</summary>
    public Exchange? Whole { get; }

    /// <summary>Unpacks what was packed.</summary>
    /// <param name="empty">Becomes the exchange.</param>
    public Exchange Unpack(Exchange empty)
    {
        var rest = _packed.Span;
        empty.Facts = _facts;
        Unpack(empty.RequestHeaders, _requestHeaders, ref rest);
        Unpack(empty.ResponseHeaders, _responseHeaders, ref rest);
        Unpack(empty.RequestBody, _requestBody, ref rest);
        Unpack(empty.ResponseBody, _responseBody, ref rest);
        for (var i = 0; i < _messages; i++)
        {
            Unpack(empty.AddMessage(), ref rest);
        }

        empty.Judgement.Load(_judgement.IsJudged, _judgement.Took, rest);
        _segment!.Release();
        return empty;
    }

    /// <summary>Gives it up without unpacking it.</summary>
    public void Release()
    {
        Whole?.Release();
        _segment?.Release();
    }

    private static int SizeOf(Exchange exchange)
    {
        var bytes = exchange.RequestHeaders.PackedLength + exchange.ResponseHeaders.PackedLength
            + exchange.RequestBody.Kept.Length + exchange.ResponseBody.Kept.Length + exchange.Judgement.Call.Length;
        foreach (var message in exchange.Messages)
        {
            bytes += PackedMessage.Size + message.Payload.Kept.Length;
        }

        return bytes;
    }

    // What a guard put in place of what passed is not the body as it passed.
    private static bool IsMasked(Exchange exchange)
    {
        foreach (var message in exchange.Messages)
        {
            if (message.Payload.IsDecoded)
            {
                return true;
            }
        }

        return exchange.RequestBody.IsDecoded || exchange.ResponseBody.IsDecoded;
    }

    private static void Pack(WebSocketMessage message, ref Span<byte> rest)
    {
        var kept = message.Payload.Kept.Span;
        new PackedMessage(message).Write(rest);
        kept.CopyTo(rest[PackedMessage.Size..]);
        rest = rest[(PackedMessage.Size + kept.Length)..];
    }

    private static void Unpack(WebSocketMessage message, ref ReadOnlySpan<byte> rest)
    {
        var packed = PackedMessage.Read(rest);
        packed.Unpack(message, rest.Slice(PackedMessage.Size, packed.Bytes));
        rest = rest[(PackedMessage.Size + packed.Bytes)..];
    }

    private static (int Fields, int Bytes, bool IsTruncated) Pack(HeaderBlock headers, ref Span<byte> rest)
    {
        var length = headers.PackedLength;
        headers.Pack(rest[..length]);
        rest = rest[length..];
        return (headers.Count, length, headers.IsTruncated);
    }

    private static (int Bytes, long Total) Pack(CapturedBody body, ref Span<byte> rest)
    {
        body.Kept.Span.CopyTo(rest);
        rest = rest[body.Kept.Length..];
        return (body.Kept.Length, body.TotalBytes);
    }

    private static void Unpack(HeaderBlock headers, (int Fields, int Bytes, bool IsTruncated) packed, ref ReadOnlySpan<byte> rest)
    {
        headers.Unpack(rest[..packed.Bytes], packed.Fields, packed.IsTruncated);
        rest = rest[packed.Bytes..];
    }

    private static void Unpack(CapturedBody body, (int Bytes, long Total) packed, ref ReadOnlySpan<byte> rest)
    {
        body.Load(rest[..packed.Bytes], packed.Total);
        rest = rest[packed.Bytes..];
    }
}
