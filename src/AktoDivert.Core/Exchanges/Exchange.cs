using AktoDivert.Core.Flows;

namespace AktoDivert.Core.Exchanges;

/// <summary>
/// One request with its response (or one WebSocket turn), as raw bytes in pooled buffers. A tap fills it on the traffic's thread and
/// gives it away through <see cref="IExchangeSink.Complete"/>; from then on the sink owns it and must call <see cref="Release"/> once.
/// </summary>
public sealed class Exchange
{
    // What a turn has for the most part: one of each side.
    private const int SpareMessages = 2;

    private readonly Action<Exchange>? _recycle;
    private readonly Stack<WebSocketMessage> _spareMessages = new();
    private ExchangeFacts _facts;

    /// <summary>
    /// Makes an exchange; <paramref name="recycle"/> (when given) receives it back, cleared, after <see cref="Release"/>.
    /// </summary>
    public Exchange(Action<Exchange>? recycle = null) => _recycle = recycle;

    /// <summary>All that is known of it beside its bytes and what the guard said, to be put into another exchange.</summary>
    public ExchangeFacts Facts { get => _facts; set => _facts = value; }

    /// <summary>The flow it belongs to. Set by the tap before anything else.</summary>
    public Flow Flow { get => _facts.Flow; set => _facts.Flow = value; }

    /// <summary>
    /// Number within the flow: HTTP/1.1 request number from 1, or HTTP/2 stream id; a WebSocket turn keeps its handshake's.
    /// </summary>
    public long StreamId { get => _facts.StreamId; set => _facts.StreamId = value; }

    /// <summary>Number of the WebSocket turn from 1; 0 when not a WebSocket turn.</summary>
    public int WebSocketTurn { get => _facts.WebSocketTurn; set => _facts.WebSocketTurn = value; }

    /// <summary>How it was framed.</summary>
    public ExchangeProtocol Protocol { get => _facts.Protocol; set => _facts.Protocol = value; }

    /// <summary>
    /// Request line (as <c>:method</c>, <c>:path</c>, <c>:authority</c>, <c>:scheme</c>) and header fields. HTTP/1.1 is stored the same
    /// way; Host stays too.
    /// </summary>
    public HeaderBlock RequestHeaders { get; } = new();

    /// <summary>Response header fields, <c>:status</c> first.</summary>
    public HeaderBlock ResponseHeaders { get; } = new();

    /// <summary>Request body as it passed.</summary>
    public CapturedBody RequestBody { get; } = new();

    /// <summary>Response body as it passed.</summary>
    public CapturedBody ResponseBody { get; } = new();

    /// <summary>WebSocket messages of this turn, in the order seen; empty for plain HTTP.</summary>
    public List<WebSocketMessage> Messages { get; } = [];

    /// <summary>Adds an empty message to <see cref="Messages"/>.</summary>
    public WebSocketMessage AddMessage()
    {
        var message = _spareMessages.TryPop(out var spare) ? spare : new WebSocketMessage();
        Messages.Add(message);
        return message;
    }

    /// <summary>Final status code; 0 when no response head was seen.</summary>
    public int StatusCode { get => _facts.StatusCode; set => _facts.StatusCode = value; }

    /// <summary>When the first byte of the request was seen.</summary>
    public DateTimeOffset Started { get => _facts.Started; set => _facts.Started = value; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when the first byte of the request was seen.</summary>
    public long StartTimestamp { get => _facts.StartTimestamp; set => _facts.StartTimestamp = value; }

    /// <summary>Timestamp when the request was complete; 0 when it never was.</summary>
    public long RequestEndTimestamp { get => _facts.RequestEndTimestamp; set => _facts.RequestEndTimestamp = value; }

    /// <summary>Timestamp of the first byte of the final response head; 0 when none came.</summary>
    public long FirstByteTimestamp { get => _facts.FirstByteTimestamp; set => _facts.FirstByteTimestamp = value; }

    /// <summary>Timestamp of the end.</summary>
    public long EndTimestamp { get => _facts.EndTimestamp; set => _facts.EndTimestamp = value; }

    /// <summary>
    /// Time that the proxy held the reads with the request's head and the response's head before it had written them on, together; of a
    /// WebSocket turn those with the first message of each side. In the units of the timestamps; 0 when it was not measured.
    /// </summary>
    public long AddedTicks { get => _facts.AddedTicks; set => _facts.AddedTicks = value; }

    /// <summary>The tap's own count of reasons not to give it away yet; a sink gets it at 0.</summary>
    public int Holds { get; set; }

    /// <summary>What the guard said of it.</summary>
    public ExchangeJudgement Judgement { get; } = new();

    /// <summary>How it ended.</summary>
    public ExchangeEnd End { get => _facts.End; set => _facts.End = value; }

    /// <summary>What was not understood or cut, for a person; null when the record is complete.</summary>
    public string? Incomplete { get => _facts.Incomplete; set => _facts.Incomplete = value; }

    /// <summary>
    /// Clears everything and gives the exchange back to its pool; without one, its buffers to theirs. The caller must not touch it
    /// afterwards.
    /// </summary>
    public void Release()
    {
        _facts = default;
        RequestHeaders.Clear();
        ResponseHeaders.Clear();
        RequestBody.Clear();
        ResponseBody.Clear();
        foreach (var message in Messages)
        {
            if (_spareMessages.Count < SpareMessages)
            {
                message.Payload.Clear();
                _spareMessages.Push(message);
            }
            else
            {
                message.Payload.Dispose();
            }
        }

        Messages.Clear();
        Holds = 0;
        Judgement.Clear();
        _recycle?.Invoke(this);
    }
}
