using System.Buffers;
using AktoDivert.Core.Content;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Extractors.Shapes;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Guardrails.Streams;

namespace AktoDivert.Guardrails.Engine;

/// <summary>
/// Judges one exchange: reads its request into an <see cref="AiCall"/>, then its answer, or its messages. Used for one exchange after the other, so
/// that a call whose texts are clean costs next to no garbage.
/// </summary>
/// <param name="context">What the exchange is judged by.</param>
/// <param name="requests">Judges what the app sends.</param>
/// <param name="counters">Counts verdicts.</param>
/// <param name="time">Clock.</param>
/// <param name="recycle">Takes it back when its exchange is over.</param>
internal sealed class ExchangeGuard(GuardContext context, RequestJudge requests, AgentCounters counters, TimeProvider time, Action<ExchangeGuard> recycle)
    : IExchangeGuard
{
    private readonly Lock _reading = new();
    private readonly AnswerReader _answers = new();
    private readonly ByteBuffer _answer = new(EventFramer.MaximumEvent);
    private readonly AuditAiCall _facts = new() { Shape = "" };
#pragma warning disable CA2213 // It holds nothing between two calls, and writes those of the next exchange.
    private readonly WireObjectWriter _objects = new();
#pragma warning restore CA2213
    private AiCall _call = new();
    private long _began;
    private ApiShape? _shape;
    private StreamFraming? _framing;
    private ResponseJudge? _response;
    private ResponseJudge? _messages;
    private Queue<int>? _waitingMessages;
    private bool _isRead;
    private int _isOver;

    /// <inheritdoc />
    public int HeldBytes => _answer.Length + (_response?.HeldBytes ?? 0);

    /// <summary>Begins with an exchange, by what <see cref="GuardContext.Target"/> was read from its head.</summary>
    public void Begin(PolicySet policies, in CallSubject subject)
    {
        context.Begin(policies, subject, time.GetUtcNow());
        _began = time.GetTimestamp();
        _shape = ShapeCatalogue.ByTarget(context.Target);
        _isOver = 0;
    }

    /// <summary>Where the exchange goes.</summary>
    public CallTarget Target => context.Target;

    /// <inheritdoc />
    public GuardDecision JudgeHead()
    {
        var shape = _shape ?? AnyJson.Instance;
        var decision = Counted(requests.Head(shape));

        // A streamed answer can be held over HTTPS, event by event; over a WebSocket each message has to be decided at once. Codex falls back.
        if (!decision.Blocks && shape is OpenAiResponses && context.Target.IsUpgrade && context.Bites(Direction.Response))
        {
            const string Reason = "WebSocket refused, so that the answer can be judged while it streams: the app goes on over HTTPS.";
            return decision with { Verdict = Verdict.Block, Reason = Reason, Answer = BlockAnswers.Create(shape.Answers, context.Target, null, Reason) };
        }

        return decision;
    }

    /// <inheritdoc />
    public async ValueTask<GuardDecision> JudgeRequestAsync(ReadOnlyMemory<byte> body, bool complete, CancellationToken cancellation)
    {
        _shape = CallExtractor.ReadRequest(context.Target, body, _call, _shape);
        var decision = Counted(await requests.BodyAsync(_call, _shape, body, complete, cancellation));
        Forget();
        return decision;
    }

    /// <inheritdoc />
    public ResponseInterest WantsResponse(int status, HeaderBlock response)
    {
        var media = CallTarget.MediaTypeOf(CallTarget.Find(response, "content-type"u8));
        var framing = media switch
        {
            "text/event-stream" => StreamFraming.ServerSentEvents,
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/stream+json" => StreamFraming.Lines,
            "application/vnd.amazon.eventstream" => StreamFraming.AwsEvents,
            "application/json" when _shape is GoogleGenerate && _call.Stream => StreamFraming.JsonArray,
            "application/json" when _shape is Ollama && _call.Stream => StreamFraming.Lines,
            _ => StreamFraming.Whole,
        };
        var bites = context.Bites(Direction.Response);
        if (framing == StreamFraming.Whole && !media.Contains("json", StringComparison.Ordinal) && !(bites && media.StartsWith("text/", StringComparison.Ordinal)))
        {
            return ResponseInterest.None;
        }

        _framing = framing;
        return bites ? ResponseInterest.SameLength : ResponseInterest.Observe;
    }

    /// <inheritdoc />
    public GuardDecision ResponseGrew(ReadOnlySpan<byte> decoded, bool last, IBufferWriter<byte> released)
    {
        if (_framing is not { } framing)
        {
            released.Write(decoded);
            return GuardDecision.Allow;
        }

        lock (_reading)
        {
            var before = _call.AnswerCharacters;
            var decision = framing == StreamFraming.Whole && _response is null && decoded.Length <= _answer.Free
                ? WholeGrew(decoded, last, released)
                : EventsGrew(framing, decoded, last, released);
            NoteFirstChunk(before);
            return decision;
        }
    }

    /// <inheritdoc />
    public GuardDecision JudgeResponse(ReadOnlyMemory<byte> decoded)
    {
        if (_framing is not { } framing)
        {
            return GuardDecision.Allow;
        }

        lock (_reading)
        {
            var decision = GuardDecision.Allow;
            if (framing != StreamFraming.Whole || !IsClean(decoded))
            {
                var released = new ArrayBufferWriter<byte>(Math.Max(1, decoded.Length));
                decision = Counted(NewResponse(framing).Grew(decoded.Span, last: true, released));
                decision = released.WrittenSpan.SequenceEqual(decoded.Span) ? decision : decision with { Recorded = released.WrittenMemory };
            }

            return decision;
        }
    }

    /// <inheritdoc />
    public GuardDecision ReleaseHeld(IBufferWriter<byte> released) => Counted(_response?.ReleaseHeld(released) ?? GuardDecision.Allow);

    /// <inheritdoc />
    public async ValueTask<GuardDecision> JudgeMessageAsync(
        bool fromApp, bool isText, ReadOnlyMemory<byte> payload, bool complete, CancellationToken cancellation)
    {
        if (!fromApp)
        {
            return Counted(Message(payload, complete));
        }

        // Each message is a call of its own; the facts are those of the one that asked for something.
        var call = new AiCall();
        var shape = CallExtractor.ReadRequest(MessageTarget(isText), payload, call, _shape);
        lock (_reading)
        {
            _shape ??= shape is AnyJson ? null : shape;
            if (!_isRead || call.RequestModel is not null)
            {
                _call = call;
            }
        }

        var decision = Counted(await requests.BodyAsync(call, shape, payload, complete, cancellation));
        Forget();
        return decision;
    }

    /// <inheritdoc />
    public void WriteCall(IBufferWriter<byte> json)
    {
        lock (_reading)
        {
            if (_isRead && _shape is not (null or AnyJson))
            {
                _call.Describe(_facts);
                _objects.Write(_facts, WireJson.Default.AuditAiCall, json);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return;
        }

        _answers.Dispose();
        _answer.Dispose();
        _call.Clear();
        (_shape, _framing, _response, _messages, _waitingMessages, _isRead) = (null, null, null, null, null, false);
        recycle(this);
    }

    /// <inheritdoc />
    public GuardDecision ReleaseMessages()
    {
        lock (_reading)
        {
            var released = new ArrayBufferWriter<byte>();
            var decision = Counted(_messages?.ReleaseHeld(released) ?? GuardDecision.Allow);
            return decision.Blocks ? EndMessages(decision) : decision with { Passes = Passes(released.WrittenMemory) };
        }
    }

    // A text that arrives in messages of a known shape goes on with the next one, as in a stream of events. All else is decided at once.
    private GuardDecision Message(ReadOnlyMemory<byte> payload, bool complete)
    {
        lock (_reading)
        {
            var bites = context.Bites(Direction.Response);
            _messages ??= new ResponseJudge(context, _call, _shape ?? AnyJson.Instance, _shape?.Messages ?? StreamFraming.Message, bites);
            var released = new ArrayBufferWriter<byte>(Math.Max(1, payload.Length));
            var decision = _messages.Grew(payload.Span, last: false, released);
            if (!complete || !bites || !context.Target.IsUpgrade || _shape is null or AnyJson)
            {
                var rest = _messages.ReleaseHeld(released);
                Finding[] findings = [.. decision.Findings, .. rest.Findings];
                decision = (decision.Verdict >= rest.Verdict ? decision : rest) with { Findings = findings };
            }

            if (decision.Blocks)
            {
                return EndMessages(decision);
            }

            if (_waitingMessages is { Count: > 0 } || released.WrittenCount < payload.Length)
            {
                (_waitingMessages ??= []).Enqueue(payload.Length);
                return decision with { Passes = Passes(released.WrittenMemory) };
            }

            if (released.WrittenSpan.SequenceEqual(payload.Span))
            {
                return decision;
            }

            // What was reported before is masked all the same, with a verdict and without a finding.
            return bites
                ? decision with { Replacement = released.WrittenMemory, Verdict = decision.Verdict < Verdict.Redact ? Verdict.Redact : decision.Verdict }
                : decision with { Recorded = released.WrittenMemory };
        }
    }

    // What was blocked does not pass, and the conversation goes on behind it.
    private GuardDecision EndMessages(GuardDecision decision)
    {
        (_messages, _waitingMessages) = (null, null);
        return decision;
    }

    // Masks have the length of what they hide: what is released is the messages that waited, one behind the other.
    private List<ReadOnlyMemory<byte>> Passes(ReadOnlyMemory<byte> released)
    {
        var passes = new List<ReadOnlyMemory<byte>>();
        while (_waitingMessages is { } waiting && waiting.TryPeek(out var length) && length <= released.Length)
        {
            waiting.Dequeue();
            passes.Add(released[..length]);
            released = released[length..];
        }

        return passes;
    }

    // Nothing of it passes before its end, and nearly always all of it does then: it is read where it stands.
    private GuardDecision WholeGrew(ReadOnlySpan<byte> decoded, bool last, IBufferWriter<byte> released)
    {
        _answer.Append(decoded);
        if (!last)
        {
            return GuardDecision.Allow;
        }

        if (!IsClean(_answer.Memory))
        {
            return EventsGrew(StreamFraming.Whole, [], last, released);
        }

        released.Write(_answer.Span);
        _answer.Dispose();
        return GuardDecision.Allow;
    }

    private GuardDecision EventsGrew(StreamFraming framing, ReadOnlySpan<byte> decoded, bool last, IBufferWriter<byte> released)
    {
        _response ??= NewResponse(framing);
        if (_answer.Length == 0)
        {
            return Counted(_response.Grew(decoded, last, released));
        }

        // What was kept to be read as a whole comes first.
        var kept = _response.Grew(_answer.Span, last && decoded.IsEmpty, released);
        _answer.Dispose();
        return Counted(decoded.IsEmpty ? kept : _response.Grew(decoded, last, released));
    }

    // Facts that were read are read again where texts have to be judged one by one.
    private bool IsClean(ReadOnlyMemory<byte> answer)
    {
        _answers.Begin(_call);
        var isClean = WholeAnswer.IsClean(answer, context, _shape ?? AnyJson.Instance, _answers);
        _answers.Dispose();
        if (!isClean)
        {
            _call.ForgetAnswer();
        }

        return isClean;
    }

    private ResponseJudge NewResponse(StreamFraming framing) =>
        new(context, _call, _shape ?? AnyJson.Instance, framing, context.Bites(Direction.Response));

    private void NoteFirstChunk(long charactersBefore)
    {
        if (charactersBefore == 0 && _call.AnswerCharacters > 0)
        {
            _call.TimeToFirstChunk ??= time.GetElapsedTime(_began).TotalSeconds;
        }
    }

    private GuardDecision Counted(GuardDecision decision)
    {
        if (decision.Verdict != Verdict.Allow)
        {
            counters.Add("guard.verdict." + decision.Verdict.ToString().ToLowerInvariant());
        }

        if (decision.Unchecked is not null)
        {
            counters.Add("guard.unchecked.policy");
        }

        return decision;
    }

    private CallTarget MessageTarget(bool isText) => isText && context.Target.MediaType.Length == 0
        ? context.Target.With("content-type", "application/json")
        : context.Target;

    // The texts of a request may be megabytes, and an answer may take minutes.
    private void Forget()
    {
        lock (_reading)
        {
            _call.ForgetTexts();
            _isRead = true;
        }
    }
}
