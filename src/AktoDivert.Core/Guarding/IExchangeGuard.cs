using System.Buffers;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;

namespace AktoDivert.Core.Guarding;

/// <summary>
/// Judges one exchange: a request with its response, or a WebSocket or gRPC conversation.
/// </summary>
/// <remarks>
/// Threads: the methods about the request (<see cref="JudgeHead"/>, <see cref="JudgeRequestAsync"/>, and
/// <see cref="JudgeMessageAsync"/> of the app's messages) are called one after another; so are those about the response, its messages
/// included; the two groups may run at the same time. Synchronous methods are called on the traffic's threads, some under a lock of the
/// connection: they must not wait. <see cref="IDisposable.Dispose"/> is called once, after every other call returned, also when the exchange
/// was aborted. A method that throws is treated by the gate's fail-open setting, and the exchange is not judged further.
/// </remarks>
public interface IExchangeGuard : IDisposable
{
    /// <summary>
    /// Judges host, path and header fields, before a byte of the request leaves. A server may carry out a request whose head it has seen:
    /// what must not reach it is blocked here. Other verdicts are recorded.
    /// </summary>
    GuardDecision JudgeHead();

    /// <summary>
    /// Judges the request's body, before its first byte leaves. A request without a body is judged by its head alone; this may be
    /// called with an empty one. Not called for WebSocket, gRPC and other conversations whose body never needs to end, see
    /// <see cref="JudgeMessageAsync"/>.
    /// </summary>
    /// <param name="body">Without content coding; valid until the task completes.</param>
    /// <param name="complete">
    /// False when the body is longer than the gate may hold, is not to be decoded or not whole, or took longer than it may be held:
    /// <paramref name="body"/> is its beginning, possibly empty, and cannot be replaced. What is allowed then passes with its rest unseen.
    /// </param>
    /// <param name="cancellation">Cancelled when the exchange is gone or the hold limit passes; the verdict is then not awaited further.</param>
    ValueTask<GuardDecision> JudgeRequestAsync(ReadOnlyMemory<byte> body, bool complete, CancellationToken cancellation);

    /// <summary>What is wanted of the response whose final head came. Called once at most.</summary>
    /// <param name="status">100 to 999, never 1xx other than 101.</param>
    /// <param name="response">Its fields; valid during the call only.</param>
    ResponseInterest WantsResponse(int status, HeaderBlock response);

    /// <summary>
    /// The response's body grew. What may pass is written to <paramref name="released"/>; what may still become a finding is kept by the
    /// guard and counted in <see cref="HeldBytes"/>.
    /// </summary>
    /// <param name="decoded">New bytes without content coding and framing; may be empty when <paramref name="last"/>.</param>
    /// <param name="last">No more follows: everything held must be released.</param>
    /// <param name="released">Takes what passes now, in order, masked or not.</param>
    GuardDecision ResponseGrew(ReadOnlySpan<byte> decoded, bool last, IBufferWriter<byte> released);

    /// <summary>
    /// Judges a response's body that is there as a whole and has passed already: in place of <see cref="ResponseGrew"/>, and once. What its
    /// record must not show is masked in <see cref="GuardDecision.Recorded"/>.
    /// </summary>
    /// <param name="decoded">Without content coding and framing; valid during the call only.</param>
    GuardDecision JudgeResponse(ReadOnlyMemory<byte> decoded)
    {
        var released = new ArrayBufferWriter<byte>(Math.Max(1, decoded.Length));
        var decision = ResponseGrew(decoded.Span, last: true, released);
        return released.WrittenSpan.SequenceEqual(decoded.Span) ? decision : decision with { Recorded = released.WrittenMemory };
    }

    /// <summary>
    /// The hold timer: the server has been quiet while <see cref="HeldBytes"/> was not 0. By policy what is held passes as it is or masked.
    /// </summary>
    GuardDecision ReleaseHeld(IBufferWriter<byte> released);

    /// <summary>Bytes of the response that the guard holds.</summary>
    int HeldBytes { get; }

    /// <summary>
    /// Writes the AI call as far as it is understood, an <see cref="AuditAiCall"/> in JSON; nothing when none was recognised. Called after the
    /// request was judged, after the response's last byte, and after each message.
    /// </summary>
    /// <param name="json">Takes it.</param>
    void WriteCall(IBufferWriter<byte> json);

    /// <summary>
    /// Judges one message of a conversation, before its first byte leaves: a WebSocket message (fragments joined, inflated), or a gRPC or
    /// Connect message without its five bytes of prefix, decompressed. A server's message that may become a finding with the next one may be kept
    /// waiting, see <see cref="GuardDecision.Passes"/>.
    /// </summary>
    /// <param name="fromApp">Whether the app sent it.</param>
    /// <param name="isText">Whether it is a WebSocket text message.</param>
    /// <param name="payload">The message, or as much of it as may be held; valid until the task completes.</param>
    /// <param name="complete">As in <see cref="JudgeRequestAsync"/>.</param>
    /// <param name="cancellation">As in <see cref="JudgeRequestAsync"/>.</param>
    ValueTask<GuardDecision> JudgeMessageAsync(
        bool fromApp, bool isText, ReadOnlyMemory<byte> payload, bool complete, CancellationToken cancellation);

    /// <summary>
    /// The server's messages that wait are to pass: the server has been quiet, has ended, or sent too much meanwhile. All are in
    /// <see cref="GuardDecision.Passes"/>, as they are or masked, by policy.
    /// </summary>
    GuardDecision ReleaseMessages() => GuardDecision.Allow;
}
