using System.Buffers;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Fuzz.Targets.Gates;

/// <summary>
/// Judges by words: a path with <c>/deny</c> and a text with <c>BLOCKME</c> are blocked, <c>SECRET42</c> is masked. Of responses it always
/// holds the last bytes, and of a server's messages the last one, so that they pass in other pieces than they came.
/// </summary>
internal sealed class WordGuard : IGuard
{
    private const int Held = 3;

    /// <summary>Whether it is interested in any exchange.</summary>
    public bool IsInterested { get; init; } = true;

    /// <summary>What it wants of responses.</summary>
    public ResponseInterest Responses { get; init; } = ResponseInterest.SameLength;

    public GuardInterest InterestIn(Flow flow) => GuardInterest.Enforce;

    public IExchangeGuard? Begin(Flow flow, ExchangeProtocol protocol, long streamId, HeaderBlock request) => IsInterested
        ? new Judge(Responses, request.Find(":path"u8, out _).IndexOf("/deny"u8) >= 0)
        : null;

    private static GuardDecision Decide(ReadOnlyMemory<byte> text)
    {
        if (text.Span.IndexOf("BLOCKME"u8) >= 0)
        {
            return Block();
        }

        if (text.Span.IndexOf("SECRET42"u8) < 0)
        {
            return GuardDecision.Allow;
        }

        var masked = text.ToArray();
        for (int at; (at = masked.AsSpan().IndexOf("SECRET42"u8)) >= 0;)
        {
            masked.AsSpan(at, 8).Fill((byte)'*');
        }

        return new() { Verdict = Verdict.Redact, Replacement = masked };
    }

    private static GuardDecision Block() => new()
    {
        Verdict = Verdict.Block,
        Answer = new() { Status = 400, Headers = [new("x-blocked", "yes")], Body = "refused"u8.ToArray(), Message = "refused"u8.ToArray() },
    };

    private sealed class Judge(ResponseInterest interest, bool isDenied) : IExchangeGuard
    {
        private byte[] _held = [];
        private ReadOnlyMemory<byte>? _message;

        public int HeldBytes => _held.Length;

        public void WriteCall(IBufferWriter<byte> json)
        {
        }

        public GuardDecision JudgeHead() => isDenied ? Block() : GuardDecision.Allow;

        public ValueTask<GuardDecision> JudgeRequestAsync(ReadOnlyMemory<byte> body, bool complete, CancellationToken cancellation) =>
            new(Decide(body));

        public ResponseInterest WantsResponse(int status, HeaderBlock response) => interest;

        public GuardDecision ResponseGrew(ReadOnlySpan<byte> decoded, bool last, IBufferWriter<byte> released)
        {
            byte[] all = [.. _held, .. decoded];
            var keep = last ? 0 : Math.Min(Held, all.Length);
            released.Write(all.AsSpan(0, all.Length - keep));
            _held = all[^keep..];
            return GuardDecision.Allow;
        }

        public GuardDecision ReleaseHeld(IBufferWriter<byte> released)
        {
            released.Write(_held);
            _held = [];
            return GuardDecision.Allow;
        }

        public ValueTask<GuardDecision> JudgeMessageAsync(
            bool fromApp, bool isText, ReadOnlyMemory<byte> payload, bool complete, CancellationToken cancellation)
        {
            var decision = Decide(payload);
            if (fromApp)
            {
                return new(decision);
            }

            List<ReadOnlyMemory<byte>> passes = _message is { } earlier ? [earlier] : [];
            _message = null;
            if (decision.Blocks)
            {
                return new(decision);
            }

            if (complete)
            {
                _message = decision.Replacement ?? payload.ToArray();
            }
            else
            {
                passes.Add(payload);
            }

            return new(decision with { Passes = passes });
        }

        public GuardDecision ReleaseMessages()
        {
            var passes = new GuardDecision { Passes = _message is { } last ? [last] : [] };
            _message = null;
            return passes;
        }

        public void Dispose()
        {
        }
    }
}
