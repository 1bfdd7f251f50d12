using System.Buffers;
using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>The responses of a guarded HTTP/1.1 connection. Called by one thread at a time.</summary>
internal sealed class Http1ResponseGate(GateContext context, GateOutput down, Http1GateCalls calls) : IDisposable
{
    private readonly Http1Framer _framer = new();
    private readonly ArrayBufferWriter<byte> _head = new();
    private FilteredResponse? _filtered;
    private bool _inBody;
    private bool _informational;
    private bool _passesAll;

    /// <summary>Fields of the last final response.</summary>
    public HeaderBlock Headers { get; } = new();

    /// <summary>The call whose response made the connection a WebSocket; the owner takes it.</summary>
    public Http1GateCall? Upgraded { get; set; }

    /// <summary>
    /// Takes bytes of the server, up to an upgrade: <paramref name="rest"/> is how many were left then. False when the app got its last answer.
    /// </summary>
    public bool Pass(ReadOnlySpan<byte> bytes, out int rest)
    {
        rest = 0;
        while (!_passesAll)
        {
            var input = bytes;
            var token = _framer.Read(ref bytes, out var part);
            var raw = input[..(input.Length - bytes.Length)];
            switch (token)
            {
                case Http1Token.Head:
                    _head.Write(raw);
                    BeginResponse(part);
                    break;
                case Http1Token.End:
                    if (!EndResponse())
                    {
                        return false;
                    }

                    break;
                case Http1Token.Fault:
                    _head.Write(raw);
                    NotReadable(_framer.Fault!);
                    break;
                default:
                    if (!Take(raw, token, part))
                    {
                        return false;
                    }

                    if (token == Http1Token.NeedMore)
                    {
                        return true;
                    }

                    break;
            }

            if (Upgraded is not null)
            {
                rest = bytes.Length;
                return true;
            }
        }

        down.Write(bytes);
        return true;
    }

    /// <summary>Nothing is read any more.</summary>
    public void PassAll(ReadOnlySpan<byte> bytes)
    {
        _passesAll = true;
        down.Write(bytes);
    }

    /// <summary>The server sends no more.</summary>
    public void End()
    {
        if (_framer.EndsWithConnection)
        {
            EndResponse();
        }
        else
        {
            _filtered?.CutOff();
            down.Write(_head.WrittenSpan);
            _head.ResetWrittenCount();
        }
    }

    /// <summary>Does what time made due.</summary>
    public void Look() => _filtered?.Look();

    /// <inheritdoc />
    public void Dispose()
    {
        _framer.Release();
        _filtered?.Dispose();
        Headers.Dispose();
    }

    private bool Take(ReadOnlySpan<byte> raw, Http1Token token, ReadOnlySpan<byte> part)
    {
        if (!_inBody)
        {
            _head.Write(raw);
            return true;
        }

        if (_filtered is null)
        {
            down.Write(raw);
            return true;
        }

        return _filtered.Add(raw, token, part);
    }

    private void BeginResponse(ReadOnlySpan<byte> head)
    {
        var fields = new Http1FieldReader(head);
        var facts = new Http1FieldFacts(stackalloc HeaderPlace[Http1FieldFacts.UsualFields]);
        if (calls.First is not { } call || !Http1StatusLine.TryParse(fields.ReadStartLine(), out var status) || !facts.TryRead(fields))
        {
            // Nobody asked for it, such as a 408 before a close: nothing to judge.
            NotReadable(OpaqueCause.Http1Unasked);
            return;
        }

        _informational = status.Code is >= 100 and < 200 and not 101;
        if (_informational)
        {
            Informational(call, status.Code);
            return;
        }

        Headers.Clear();
        Headers.Add(":status"u8, status.Digits);
        facts.AddTo(Headers, fields);
        if (status.Code == 101 || (call.IsConnect && status.Code is >= 200 and < 300))
        {
            WriteHead();
            Switch(call, status.Code == 101 && facts.UpgradesToWebSocket);
            return;
        }

        var framing = call.IsHead || status.Code is 204 or 304 ? default : facts.ResponseFraming;
        if (framing.Kind == Http1FramingKind.Unknown)
        {
            NotReadable(OpaqueCause.Http1Framing);
            return;
        }

        _framer.BeginBody(framing);
        _inBody = true;
        var hasBody = framing.Kind != Http1FramingKind.Length || framing.Length > 0;
        var filter = hasBody && call.Guard is { } guard ? ResponseFilter.TryCreate(guard, status.Code, Headers) : null;
        if (filter is null)
        {
            WriteHead();
            return;
        }

        var isDocument = framing.Kind == Http1FramingKind.Length || Headers.Find("content-type"u8, out _).StartsWith("application/json"u8);
        _filtered = new(context, down, filter, _framer, framing.Kind, _head.WrittenSpan, isDocument);
        _head.ResetWrittenCount();
    }

    private void Informational(Http1GateCall call, int status)
    {
        _framer.BeginBody(default);
        _inBody = true;
        if (status == 100 && call.ContinueSaid)
        {
            call.ContinueSaid = false;
            _head.ResetWrittenCount();
        }
        else
        {
            WriteHead();
        }
    }

    private void Switch(Http1GateCall call, bool toWebSocket)
    {
        if (toWebSocket && call.UpgradesToWebSocket)
        {
            Upgraded = call;
        }
        else
        {
            call.Guard?.CannotRead(JudgedPart.Request, "a protocol that is not HTTP");
            _passesAll = true;
        }
    }

    private bool EndResponse()
    {
        _inBody = false;
        if (_informational)
        {
            return true;
        }

        var goesOn = _filtered?.End() ?? true;
        _filtered?.Dispose();
        _filtered = null;
        if (goesOn)
        {
            calls.TakeFirst();
        }

        return goesOn;
    }

    private void WriteHead()
    {
        down.Write(_head.WrittenSpan);
        _head.ResetWrittenCount();
    }

    private void NotReadable(OpaqueCause cause)
    {
        if (calls.First?.Guard is not null)
        {
            context.Counters.Add("guard.unchecked.unreadable");
            if (!context.Options.FailOpen)
            {
                throw new GateException(cause.Slug, cause.Text);
            }
        }

        _filtered?.GiveUp(cause);
        WriteHead();
        _passesAll = true;
    }
}
