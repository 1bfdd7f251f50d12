using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay.Http2.Hpack;
using AktoDivert.Proxy.Relay.WebSockets;

namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>
/// The open streams of a connection, from the request's HEADERS to the end of both halves or a reset (RFC 9113 section 5.1).
/// </summary>
internal sealed class Http2StreamTable(ExchangeRecorder recorder)
{
    private const int Retained = 128;

    private readonly Dictionary<int, Http2Stream> _open = [];
    private readonly Stack<Http2Stream> _spare = new();
    private int _lastRequest;

    /// <summary>The open exchange of a stream, or the turn of its WebSocket; null when there is none.</summary>
    public Exchange? Find(int streamId) =>
        _open.TryGetValue(streamId, out var stream) ? stream.Exchange ?? stream.WebSocket?.CurrentTurn : null;

    /// <summary>A header block ended: a request, a response, trailers, or one that only the decoder needs to see.</summary>
    public OpaqueCause? Headers(RelayDirection direction, Http2Side side)
    {
        var first = side.Block.First;
        var promised = first.Type == Http2FrameType.PushPromise;
        if (direction == RelayDirection.Up && !promised && first.StreamId > _lastRequest && (first.StreamId & 1) == 1)
        {
            if (_open.Count >= recorder.Limits.MaxOpenStreams)
            {
                return OpaqueCause.OpenLimit;
            }

            Open(first.StreamId, side.BlockStarted);
        }

        var stream = promised ? null : _open.GetValueOrDefault(first.StreamId);
        var exchange = stream?.Exchange;
        var fields = new Http2FieldRecorder(direction == RelayDirection.Up ? exchange?.RequestHeaders : exchange?.ResponseHeaders);
        if (side.Hpack.Decode(side.Block.Bytes, ref fields) != HpackStatus.Ok)
        {
            return OpaqueCause.Hpack;
        }

        if (stream is not null)
        {
            if (direction == RelayDirection.Down && exchange is not null && !stream.ResponseStarted && !fields.IsInformational)
            {
                StartResponse(stream, exchange, fields.Status, side.BlockStarted);
            }

            if (first.EndStream)
            {
                EndHalf(stream, direction);
            }
        }

        return null;
    }

    /// <summary>Body bytes passed.</summary>
    public void Data(RelayDirection direction, int streamId, ReadOnlySpan<byte> content)
    {
        if (!_open.TryGetValue(streamId, out var stream))
        {
            return;
        }

        if (stream.WebSocket is { } webSocket)
        {
            if (webSocket.Feed(direction, content) is { } cause)
            {
                // Only this stream is lost; the connection's other streams stay understood.
                recorder.CountOpaque(cause);
                webSocket.Finish(ExchangeEnd.ObservationStopped, cause.Text);
                stream.WebSocket = null;
            }
        }
        else if (stream.Exchange is { } exchange)
        {
            if (direction == RelayDirection.Up)
            {
                exchange.RequestBody.Append(content);
            }
            else
            {
                exchange.ResponseBody.Append(content);
            }
        }
    }

    /// <summary>A DATA frame with END_STREAM passed.</summary>
    public void EndHalf(RelayDirection direction, int streamId)
    {
        if (_open.TryGetValue(streamId, out var stream))
        {
            EndHalf(stream, direction);
        }
    }

    /// <summary>A side reset a stream. A response that is already whole stays complete (RFC 9113 section 8.1).</summary>
    public void Reset(RelayDirection direction, int streamId)
    {
        if (_open.TryGetValue(streamId, out var stream))
        {
            Close(stream, direction == RelayDirection.Up ? ExchangeEnd.AppAborted : ExchangeEnd.UpstreamAborted, null);
        }
    }

    /// <summary>The server goes away: it will not answer streams above <paramref name="lastStreamId"/> (RFC 9113 section 6.8).</summary>
    public void GoAway(int lastStreamId)
    {
        foreach (var stream in _open.Values)
        {
            if (stream.Id > lastStreamId)
            {
                // Removing the current entry is allowed while a Dictionary is enumerated.
                Close(stream, ExchangeEnd.UpstreamAborted, "the server refused the stream by GOAWAY");
            }
        }
    }

    /// <summary>The connection is over or no longer understood.</summary>
    public void CompleteAll(ExchangeEnd end, string? incomplete)
    {
        foreach (var stream in _open.Values)
        {
            Close(stream, end, incomplete);
        }
    }

    private void Open(int id, Moment started)
    {
        _lastRequest = id;
        var stream = _spare.Count > 0 ? _spare.Pop() : new Http2Stream();
        stream.Id = id;
        stream.Exchange = recorder.Begin(ExchangeProtocol.Http2, id, started);
        recorder.Forwards.HoldForCurrentRead(stream.Exchange);
        _open.Add(id, stream);
    }

    private void StartResponse(Http2Stream stream, Exchange exchange, int status, Moment started)
    {
        stream.ResponseStarted = true;
        exchange.StatusCode = status;
        exchange.FirstByteTimestamp = started.Timestamp;
        recorder.Forwards.HoldForCurrentRead(exchange);
        if (status is < 200 or > 299 || !exchange.RequestHeaders.Find(":protocol"u8, out _).SequenceEqual("websocket"u8))
        {
            return;
        }

        stream.WebSocket = WebSocketObserver.Begin(recorder, exchange);
        stream.Exchange = null;
        exchange.RequestEndTimestamp = exchange.FirstByteTimestamp;
        recorder.Complete(exchange, ExchangeEnd.Complete);
    }

    private void EndHalf(Http2Stream stream, RelayDirection direction)
    {
        if (direction == RelayDirection.Down)
        {
            stream.ResponseEnded = true;
        }
        else if (!stream.RequestEnded)
        {
            stream.RequestEnded = true;
            if (stream.Exchange is { } exchange)
            {
                recorder.RequestCompleted(exchange);
            }
        }

        if (stream is { RequestEnded: true, ResponseEnded: true })
        {
            Close(stream, ExchangeEnd.Complete, null);
        }
    }

    private void Close(Http2Stream stream, ExchangeEnd end, string? incomplete)
    {
        _open.Remove(stream.Id);
        stream.WebSocket?.Finish(stream is { RequestEnded: true, ResponseEnded: true } ? ExchangeEnd.Complete : end, incomplete);
        if (stream.Exchange is { } exchange)
        {
            if (stream is { ResponseEnded: true, RequestEnded: false })
            {
                (end, incomplete) = (ExchangeEnd.Complete, "the response was complete before the request");
            }

            recorder.Complete(exchange, end, incomplete);
        }

        stream.Clear();
        if (_spare.Count < Retained)
        {
            _spare.Push(stream);
        }
    }
}
