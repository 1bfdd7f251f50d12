using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>
/// The open calls of a connection: requests are pipelined, responses come in their order, and a response may be over before its request is
/// (RFC 9112 section 9.3.2).
/// </summary>
internal sealed class Http1Calls(ExchangeRecorder recorder)
{
    private const int Retained = 8;

    private readonly Queue<Http1Call> _unanswered = new();
    private readonly Stack<Http1Call> _spare = new();
    private long _number;

    /// <summary>The call whose request is being sent; null between requests.</summary>
    public Http1Call? Sending { get; private set; }

    /// <summary>The call whose response is awaited or being received; null when there is none.</summary>
    public Http1Call? Receiving => _unanswered.TryPeek(out var call) ? call : null;

    /// <summary>Begins a call; null when too many are open.</summary>
    public Http1Call? Begin(Moment started)
    {
        if (_unanswered.Count >= recorder.Limits.MaxOpenStreams)
        {
            return null;
        }

        var call = _spare.Count > 0 ? _spare.Pop() : new Http1Call();
        call.Exchange = recorder.Begin(ExchangeProtocol.Http11, ++_number, started);
        _unanswered.Enqueue(call);
        Sending = call;
        return call;
    }

    /// <summary>The exchange of that number; null when it is over.</summary>
    public Exchange? Find(long number)
    {
        if (Sending is { } sending && sending.Exchange.StreamId == number)
        {
            return sending.Exchange;
        }

        foreach (var call in _unanswered)
        {
            if (call.Exchange.StreamId == number)
            {
                return call.Exchange;
            }
        }

        return null;
    }

    /// <summary>The request being sent is over.</summary>
    public void EndRequest()
    {
        if (Sending is { } call)
        {
            Sending = null;
            call.RequestEnded = true;
            recorder.RequestCompleted(call.Exchange);
            CompleteIfEnded(call);
        }
    }

    /// <summary>The response being received is over.</summary>
    public void EndResponse()
    {
        if (_unanswered.TryDequeue(out var call))
        {
            call.ResponseEnded = true;
            CompleteIfEnded(call);
        }
    }

    /// <summary>The connection is over or no longer understood.</summary>
    public void CompleteAll(ExchangeEnd end, string? incomplete)
    {
        if (Sending is { ResponseEnded: true } answered)
        {
            Complete(answered, ExchangeEnd.Complete, "the response was complete before the request");
        }

        Sending = null;
        while (_unanswered.TryDequeue(out var call))
        {
            Complete(call, end, incomplete);
        }
    }

    private void CompleteIfEnded(Http1Call call)
    {
        if (call is { RequestEnded: true, ResponseEnded: true })
        {
            Complete(call, ExchangeEnd.Complete, null);
        }
    }

    private void Complete(Http1Call call, ExchangeEnd end, string? incomplete)
    {
        recorder.Complete(call.Exchange, end, incomplete);
        call.Exchange = null!;
        call.IsHead = call.IsConnect = call.UpgradesToWebSocket = call.RequestEnded = call.ResponseEnded = false;
        if (_spare.Count < Retained)
        {
            _spare.Push(call);
        }
    }
}
