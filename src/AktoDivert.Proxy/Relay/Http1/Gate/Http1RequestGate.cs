using System.Buffers;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>The requests of a guarded HTTP/1.1 connection. Called by one thread at a time.</summary>
internal sealed class Http1RequestGate(GateContext context, GateOutput up, GateOutput down, Http1GateCalls calls) : IDisposable
{
    private const int MaxAhead = 1024 * 1024;

    private readonly Http1Framer _framer = new();
    private readonly HeldRequest _held = new();
    private readonly HeaderBlock _headers = new();
    private readonly ArrayBufferWriter<byte> _ahead = new();
    private Http1GateCall? _call;
    private Http1GateCall? _upgrade;
    private State _state;
    private string _coding = "";
    private long _since;
    private long _number;
    private bool _expectsContinue;
    private bool _ended;
    private volatile bool _passesAll;

    private enum State
    {
        Head,
        Holding,
        Passing,
    }

    private enum Step
    {
        NeedMore,
        GoOn,
        Refused,
        Complete,
        TooLong,
    }

    /// <summary>Takes bytes of the app; false when it got its last answer.</summary>
    public async ValueTask<bool> PassAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_upgrade is not null)
        {
            // Whether this is HTTP or another protocol is for the server to say. Where it has said so, what came ahead still goes first.
            if (!_passesAll && _ahead.WrittenCount + bytes.Length > MaxAhead)
            {
                throw new GateException("http1-upgrade", "too many bytes came before the answer to an upgrade");
            }

            _ahead.Write(bytes.Span);
            return await ResumeAsync();
        }

        return await ReadAsync(bytes);
    }

    /// <summary>Does what time made due.</summary>
    public async ValueTask LookAsync()
    {
        if (_upgrade is not null)
        {
            await ResumeAsync();
        }
        else if (_state == State.Holding && context.Time.GetElapsedTime(_since) >= context.Options.HoldLimit)
        {
            context.Counters.Add("gate.judged-early.time");
            _ended |= !await JudgeAsync(whole: false);
        }
    }

    /// <summary>Nothing is read any more: the connection became something else. Called by the other direction.</summary>
    public void PassAll() => _passesAll = true;

    /// <summary>What the app sent ahead of the server's agreement to the upgrade.</summary>
    public byte[] TakeHeld()
    {
        var held = _ahead.WrittenSpan.ToArray();
        _ahead.Clear();
        return held;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _framer.Release();
        _held.Dispose();
        _headers.Dispose();
        _call?.Guard?.Dispose();
    }

    private async ValueTask<bool> ResumeAsync()
    {
        if (!_passesAll && calls.First is { } first && first.Number <= _upgrade!.Number)
        {
            return true;
        }

        _upgrade = null;
        return await ReadAsync(TakeHeld());
    }

    private async ValueTask<bool> ReadAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!_ended)
        {
            if (_passesAll)
            {
                up.Write(bytes.Span);
                return true;
            }

            if (_upgrade is not null)
            {
                return await PassAsync(bytes);
            }

            var step = Read(bytes.Span, out var used, out var refusal);
            bytes = bytes[used..];
            switch (step)
            {
                case Step.NeedMore:
                    if (_state == State.Holding && _expectsContinue)
                    {
                        SayContinue();
                    }

                    return true;
                case Step.Refused:
                    return await RefuseAsync(refusal!);
                case Step.Complete or Step.TooLong:
                    if (!await JudgeAsync(whole: step == Step.Complete))
                    {
                        return false;
                    }

                    break;
            }
        }

        return false;
    }

    /// <summary>Takes one token off the input.</summary>
    private Step Read(ReadOnlySpan<byte> input, out int used, out GuardDecision? refusal)
    {
        refusal = null;
        var rest = input;
        var token = _framer.Read(ref rest, out var part);
        used = input.Length - rest.Length;
        Take(input[..used], token == Http1Token.Body ? part.Length : 0);
        switch (token)
        {
            case Http1Token.Head:
                return BeginRequest(part, out refusal);
            case Http1Token.Body when _state == State.Holding && _held.Length > context.Options.MaxHeldBytes:
                context.Counters.Add("gate.judged-early.size");
                return Step.TooLong;
            case Http1Token.Trailers when _state == State.Holding:
                _held.TrailersEnded(part);
                return Step.GoOn;
            case Http1Token.End:
                var complete = _state == State.Holding;
                if (!complete)
                {
                    EndRequest();
                }

                return complete ? Step.Complete : Step.GoOn;
            case Http1Token.Fault:
                NotReadable(_framer.Fault!);
                return Step.GoOn;
            case Http1Token.NeedMore:
                return Step.NeedMore;
            default:
                return Step.GoOn;
        }
    }

    private void Take(ReadOnlySpan<byte> raw, int bodyLength)
    {
        if (_state == State.Passing)
        {
            up.Write(raw);
        }
        else
        {
            // The server has seen nothing yet, so that its limits do not run: an upload that goes on may take its time.
            _held.Add(raw, bodyLength);
            _since = context.Time.GetTimestamp();
        }
    }

    private Step BeginRequest(ReadOnlySpan<byte> head, out GuardDecision? refusal)
    {
        refusal = null;
        var fields = new Http1FieldReader(head);
        var facts = new Http1FieldFacts(stackalloc HeaderPlace[Http1FieldFacts.UsualFields]);
        if (!Http1RequestLine.TryParse(fields.ReadStartLine(), out var line) || !facts.TryRead(fields)
            || facts.RequestFraming.Kind == Http1FramingKind.Unknown)
        {
            NotReadable(OpaqueCause.Http1Syntax);
            return Step.GoOn;
        }

        Collect(line, facts, fields);
        var framing = facts.RequestFraming;
        _call = new(++_number)
        {
            IsHead = line.Method.SequenceEqual("HEAD"u8),
            IsConnect = line.Method.SequenceEqual("CONNECT"u8),
            UpgradesToWebSocket = facts.UpgradesToWebSocket,
            Guard = GuardedExchange.Begin(context, ExchangeProtocol.Http11, _number, _headers),
        };

        // The head's bytes are gone with this.
        _framer.BeginBody(framing);
        _held.HeadEnded(framing.Kind == Http1FramingKind.Chunked);
        if (_call.Guard?.JudgeHead() is { Blocks: true } refused)
        {
            refusal = refused;
            context.Counters.Add("gate.withheld");
            return Step.Refused;
        }

        var hasBody = framing.Kind != Http1FramingKind.Length || framing.Length > 0;
        if (_call.Guard is null || !hasBody || _call.IsConnect)
        {
            Forward(_held.Raw);
            return Step.GoOn;
        }

        _state = State.Holding;
        _coding = ContentCoding.Of(_headers);
        _expectsContinue = _headers.Find("expect"u8, out _).StartsWith("100-"u8);
        return Step.GoOn;
    }

    private void Collect(in Http1RequestLine line, in Http1FieldFacts facts, Http1FieldReader fields)
    {
        _headers.Clear();
        _headers.Add(":method"u8, line.Method);
        _headers.Add(":scheme"u8, "https"u8);
        _headers.Add(":authority"u8, line.Authority.IsEmpty ? facts.Host : line.Authority);
        _headers.Add(":path"u8, line.Path);
        facts.AddTo(_headers, fields);
    }

    // The server has not seen the head and cannot say it; without it the app would not send what is to be judged.
    private void SayContinue()
    {
        _expectsContinue = false;
        if (calls.First is null)
        {
            _call!.ContinueSaid = true;
            down.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
            _ = down.FlushAsync();
        }
    }

    private async ValueTask<bool> JudgeAsync(bool whole)
    {
        var guard = _call!.Guard!;
        var decision = await HeldBody.JudgeAsync(guard, _held.Body(), whole, _coding);
        if (guard.HasFailed)
        {
            // A call that took too long still reads.
            _held.LeaveBytes();
        }

        if (decision.Blocks)
        {
            return await RefuseAsync(decision);
        }

        if (HeldBody.Replacement(decision, whole, _coding) is { } replacement)
        {
            Forward(_held.With(replacement.Body.Span, replacement.Coded));
        }
        else
        {
            Forward(_held.Raw);
        }

        if (whole)
        {
            EndRequest();
        }

        return true;
    }

    private void Forward(ReadOnlySpan<byte> request)
    {
        // The response may be there before the write returns.
        calls.Add(_call!);
        _upgrade = _call!.UpgradesToWebSocket ? _call : null;
        _call = null;
        up.Write(request);
        _held.Clear();
        _state = State.Passing;
    }

    private void EndRequest()
    {
        _state = State.Head;
        _expectsContinue = false;
        if (_upgrade is not null)
        {
            _ahead.Clear();
        }
    }

    private async ValueTask<bool> RefuseAsync(GuardDecision decision)
    {
        context.Counters.Add("gate.blocked");
        _ended = true;
        await up.FlushAsync();
        await calls.WhenIdleAsync();
        down.Write(Http1Head.Answer(decision.Answer ?? GateAnswers.Unchecked, _call!.IsHead));
        await down.FlushAsync();
        return false;
    }

    private void NotReadable(OpaqueCause cause)
    {
        context.Counters.Add("guard.unchecked.unreadable");
        if (!context.Options.FailOpen)
        {
            throw new GateException(cause.Slug, cause.Text);
        }

        up.Write(_held.Raw);
        _held.Clear();
        _passesAll = true;
    }
}
