using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>
/// A guard that decides by words, so that a test can say of each request what must become of it: a path with <c>/deny</c> or a body with
/// <c>BLOCKME</c> is blocked, <c>SECRET42</c> is masked, <c>GROWME</c> becomes longer; <c>WORDTOMASK</c> is masked in responses, and
/// <c>STOPHERE</c> ends one. <c>x-hold-ms</c> delays the verdict, <c>x-observe</c> only watches the response, <c>x-throw</c> fails.
/// </summary>
internal sealed class MarkerGuard : IGuard
{
    public const string BlockedText = """{"error":{"type":"blocked_by_gate"}}""";

    public static readonly byte[] StreamTail = Encoding.UTF8.GetBytes("event: error\ndata: blocked\n\n");

    private static readonly byte[] Word = "WORDTOMASK"u8.ToArray();

    public GuardInterest Interest { get; init; } = GuardInterest.Enforce;

    public ResponseInterest Responses { get; init; } = ResponseInterest.SameLength;

    /// <summary>What was judged, as text.</summary>
    public ConcurrentQueue<string> Seen { get; } = new();

    public int Begun;
    public int Disposed;

    public GuardInterest InterestIn(Flow flow) => Interest;

    public IExchangeGuard? Begin(Flow flow, ExchangeProtocol protocol, long streamId, HeaderBlock request)
    {
        if (!request.Find("x-pass"u8, out _).IsEmpty)
        {
            return null;
        }

        Interlocked.Increment(ref Begun);
        return new Judge(this, request);
    }

    public static GuardDecision Block(string reason = "blocked") => new()
    {
        Verdict = Verdict.Block,
        Reason = reason,
        Findings = [new Finding { Detector = "marker", Rule = "block", Entity = "word", Verdict = Verdict.Block, Policy = "markers" }],
        Recorded = "[blocked]"u8.ToArray(),
        Answer = new BlockAnswer
        {
            Status = 400,
            Headers = [new("content-type", "application/json"), new("x-should-retry", "false")],
            Body = Encoding.UTF8.GetBytes(BlockedText),
            StreamTail = StreamTail,
            Message = Encoding.UTF8.GetBytes(BlockedText),
        },
    };

    private static ReadOnlyMemory<byte>? Masked(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.Latin1.GetString(body.Span);
        return text.Contains("SECRET42", StringComparison.Ordinal) || text.Contains("GROWME", StringComparison.Ordinal)
            ? Encoding.Latin1.GetBytes(text.Replace("SECRET42", "********", StringComparison.Ordinal).Replace("GROWME", "[something longer]", StringComparison.Ordinal)).AsMemory()
            : default(ReadOnlyMemory<byte>?);
    }

    private sealed class Judge : IExchangeGuard
    {
        private readonly MarkerGuard _guard;
        private readonly bool _denied;
        private readonly bool _observes;
        private readonly bool _throws;
        private readonly int _holdMilliseconds;
        private byte[] _held = [];

        public Judge(MarkerGuard guard, HeaderBlock request)
        {
            _guard = guard;
            _denied = request.Find(":path"u8, out _).IndexOf("/deny"u8) >= 0;
            _observes = !request.Find("x-observe"u8, out _).IsEmpty;
            _throws = !request.Find("x-throw"u8, out _).IsEmpty;
            _ = int.TryParse(Encoding.ASCII.GetString(request.Find("x-hold-ms"u8, out _)), CultureInfo.InvariantCulture, out _holdMilliseconds);
        }

        public int HeldBytes => _held.Length;

        public void WriteCall(IBufferWriter<byte> json)
        {
        }

        public GuardDecision JudgeHead() => _denied ? Block("denied") : GuardDecision.Allow;

        public async ValueTask<GuardDecision> JudgeRequestAsync(ReadOnlyMemory<byte> body, bool complete, CancellationToken cancellation)
        {
            if (_throws)
            {
                throw new InvalidOperationException("a guard that fails");
            }

            if (_holdMilliseconds > 0)
            {
                // The delay is the thing under test: a verdict that takes a while.
                await Task.Delay(_holdMilliseconds, cancellation);
            }

            return Decide("request", body, complete);
        }

        public ResponseInterest WantsResponse(int status, HeaderBlock response) => _observes ? ResponseInterest.Observe : _guard.Responses;

        public GuardDecision ResponseGrew(ReadOnlySpan<byte> decoded, bool last, IBufferWriter<byte> released)
        {
            var text = (byte[])[.. _held, .. decoded];
            for (int at; (at = text.AsSpan().IndexOf(Word)) >= 0;)
            {
                text.AsSpan(at, Word.Length).Fill((byte)'*');
            }

            var stop = text.AsSpan().IndexOf("STOPHERE"u8);
            if (stop >= 0)
            {
                released.Write(text.AsSpan(0, stop));
                _held = [];
                return Block("stopped");
            }

            var keep = 0;
            for (var k = Math.Min(Word.Length - 1, text.Length); k > 0 && !last && keep == 0; k--)
            {
                keep = text.AsSpan(text.Length - k).SequenceEqual(Word.AsSpan(0, k)) ? k : 0;
            }

            released.Write(text.AsSpan(0, text.Length - keep));
            _held = text[(text.Length - keep)..];
            return GuardDecision.Allow;
        }

        public GuardDecision ReleaseHeld(IBufferWriter<byte> released)
        {
            released.Write(_held);
            _held = [];
            return GuardDecision.Allow;
        }

        public ValueTask<GuardDecision> JudgeMessageAsync(
            bool fromApp, bool isText, ReadOnlyMemory<byte> payload, bool complete, CancellationToken cancellation) =>
            new(Decide(fromApp ? "app" : "server", payload, complete));

        public void Dispose() => Interlocked.Increment(ref _guard.Disposed);

        private GuardDecision Decide(string what, ReadOnlyMemory<byte> body, bool complete)
        {
            _guard.Seen.Enqueue($"{what} {complete} {(body.Length > 200 ? body.Length : Encoding.UTF8.GetString(body.Span))}");
            if (body.Span.IndexOf("BLOCKME"u8) >= 0)
            {
                return Block();
            }

            return Masked(body) is { } masked
                ? new GuardDecision { Verdict = Verdict.Redact, Reason = "masked", Replacement = masked }
                : GuardDecision.Allow;
        }
    }
}
