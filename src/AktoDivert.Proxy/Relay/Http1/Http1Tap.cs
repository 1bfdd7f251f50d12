using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay.WebSockets;

namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>Observes an HTTP/1.1 connection, and the WebSocket it may be upgraded to.</summary>
internal sealed class Http1Tap(ExchangeRecorder recorder) : ConnectionTap(recorder)
{
    private readonly Http1Framer _requests = new();
    private readonly Http1Framer _responses = new();
    private readonly Http1Calls _calls = new(recorder);
    private Moment _requestStarted;
    private long _responseStarted;
    private bool _anyRequest;
    private bool _informational;
    private WebSocketObserver? _webSocket;

    protected override OpaqueCause? Observe(RelayDirection direction, ReadOnlySpan<byte> bytes)
    {
        if (_webSocket is not null)
        {
            return _webSocket.Feed(direction, bytes);
        }

        return direction == RelayDirection.Up ? ObserveRequests(bytes) : ObserveResponses(bytes);
    }

    protected override Exchange? Find(long streamId) => _webSocket is not null ? _webSocket.CurrentTurn : _calls.Find(streamId);

    protected override void ObserveEnd(RelayDirection direction, bool aborted)
    {
        if (direction == RelayDirection.Up || _webSocket is not null)
        {
            return;
        }

        if (!aborted && _responses.EndsWithConnection)
        {
            _calls.EndResponse();
        }

        // No further response can come.
        _calls.CompleteAll(EarlyEnd, null);
    }

    protected override void CompleteOpen(ExchangeEnd end, string? incomplete)
    {
        _calls.CompleteAll(end, incomplete);
        _webSocket?.Finish(end, incomplete);
    }

    protected override void Release()
    {
        _requests.Release();
        _responses.Release();
    }

    private OpaqueCause? ObserveRequests(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            if (_requests.IsBetweenMessages && !bytes.IsEmpty)
            {
                _requestStarted = Recorder.Moment;
                if (!_anyRequest && bytes.TrimStart("\r\n"u8) is [var first, ..] && !char.IsAsciiLetter((char)first))
                {
                    return OpaqueCause.NotHttp;
                }
            }

            switch (_requests.Read(ref bytes, out var part))
            {
                case Http1Token.Head:
                    if (BeginRequest(part) is { } cause)
                    {
                        return cause;
                    }

                    break;
                case Http1Token.Body:
                    _calls.Sending?.Exchange.RequestBody.Append(part);
                    break;
                case Http1Token.Trailers:
                    if (_calls.Sending is { } call && !Http1Fields.TryAdd(new Http1FieldReader(part), call.Exchange.RequestHeaders))
                    {
                        return OpaqueCause.Http1Syntax;
                    }

                    break;
                case Http1Token.End:
                    _calls.EndRequest();
                    break;
                case Http1Token.Fault:
                    return _requests.Fault;
                default:
                    return null;
            }
        }
    }

    private OpaqueCause? ObserveResponses(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            if (_responses.IsBetweenMessages && !bytes.IsEmpty)
            {
                _responseStarted = Recorder.Timestamp;
                if (_calls.Receiving is null && bytes.ContainsAnyExcept((byte)'\r', (byte)'\n'))
                {
                    return _anyRequest ? OpaqueCause.Http1Unasked : OpaqueCause.NotHttp;
                }
            }

            switch (_responses.Read(ref bytes, out var part))
            {
                case Http1Token.Head:
                    if (BeginResponse(part) is { } cause)
                    {
                        return cause;
                    }

                    if (_webSocket is not null)
                    {
                        return FeedRemainders(bytes);
                    }

                    break;
                case Http1Token.Body when _calls.Receiving is { } call:
                    call.Exchange.ResponseBody.Append(part);
                    break;
                case Http1Token.Trailers when _calls.Receiving is { } call:
                    if (!Http1Fields.TryAdd(new Http1FieldReader(part), call.Exchange.ResponseHeaders))
                    {
                        return OpaqueCause.Http1Syntax;
                    }

                    break;
                case Http1Token.End:
                    EndResponse();
                    break;
                case Http1Token.Fault:
                    return _responses.Fault;
                default:
                    return null;
            }
        }
    }

    private OpaqueCause? BeginRequest(ReadOnlySpan<byte> head)
    {
        var fields = new Http1FieldReader(head);
        if (!Http1RequestLine.TryParse(fields.ReadStartLine(), out var line))
        {
            return _anyRequest ? OpaqueCause.Http1Syntax : OpaqueCause.NotHttp;
        }

        _anyRequest = true;
        var facts = new Http1FieldFacts(stackalloc HeaderPlace[Http1FieldFacts.UsualFields]);
        if (!facts.TryRead(fields))
        {
            return OpaqueCause.Http1Syntax;
        }

        if (_calls.Begin(_requestStarted) is not { } call)
        {
            return OpaqueCause.OpenLimit;
        }

        call.IsHead = line.Method.SequenceEqual("HEAD"u8);
        call.IsConnect = line.Method.SequenceEqual("CONNECT"u8);
        call.UpgradesToWebSocket = facts.UpgradesToWebSocket;
        Recorder.Forwards.HoldForCurrentRead(call.Exchange);
        var headers = call.Exchange.RequestHeaders;
        headers.Add(":method"u8, line.Method);
        headers.Add(":scheme"u8, "https"u8);
        headers.Add(":authority"u8, line.Authority.IsEmpty ? facts.Host : line.Authority);
        headers.Add(":path"u8, line.Path);
        facts.AddTo(headers, fields);
        if (facts.RequestFraming.Kind == Http1FramingKind.Unknown)
        {
            return OpaqueCause.Http1Framing;
        }

        _requests.BeginBody(facts.RequestFraming);
        return null;
    }

    private OpaqueCause? BeginResponse(ReadOnlySpan<byte> head)
    {
        var fields = new Http1FieldReader(head);
        var facts = new Http1FieldFacts(stackalloc HeaderPlace[Http1FieldFacts.UsualFields]);
        if (_calls.Receiving is not { } call || !Http1StatusLine.TryParse(fields.ReadStartLine(), out var status) || !facts.TryRead(fields))
        {
            return OpaqueCause.Http1Syntax;
        }

        // RFC 9110 section 15.2: a final response follows an informational one, but for 101, which ends HTTP on the connection.
        _informational = status.Code is >= 100 and < 200 and not 101;
        if (_informational)
        {
            _responses.BeginBody(default);
            return null;
        }

        var exchange = call.Exchange;
        exchange.StatusCode = status.Code;
        exchange.FirstByteTimestamp = _responseStarted;
        Recorder.Forwards.HoldForCurrentRead(exchange);
        exchange.ResponseHeaders.Add(":status"u8, status.Digits);
        facts.AddTo(exchange.ResponseHeaders, fields);
        if (status.Code == 101)
        {
            return SwitchProtocols(call, facts.UpgradesToWebSocket);
        }

        if (call.IsConnect && status.Code is >= 200 and < 300)
        {
            _calls.EndResponse();
            return OpaqueCause.Tunnel;
        }

        var framing = call.IsHead || status.Code is 204 or 304 ? default : facts.ResponseFraming;
        if (framing.Kind == Http1FramingKind.Unknown)
        {
            return OpaqueCause.Http1Framing;
        }

        _responses.BeginBody(framing);
        return null;
    }

    private void EndResponse()
    {
        if (!_informational)
        {
            _calls.EndResponse();
        }
    }

    private OpaqueCause? SwitchProtocols(Http1Call call, bool toWebSocket)
    {
        if (!toWebSocket || !call.UpgradesToWebSocket || !call.RequestEnded)
        {
            _calls.EndResponse();
            return OpaqueCause.Upgrade;
        }

        _webSocket = WebSocketObserver.Begin(Recorder, call.Exchange);
        _calls.EndResponse();
        return null;
    }

    // What followed the 101 in the same read, and what the app sent ahead of it, is already WebSocket.
    private OpaqueCause? FeedRemainders(ReadOnlySpan<byte> bytes)
    {
        var cause = _webSocket!.Feed(RelayDirection.Up, _requests.Held) ?? _webSocket.Feed(RelayDirection.Down, bytes);
        Release();
        return cause;
    }
}
