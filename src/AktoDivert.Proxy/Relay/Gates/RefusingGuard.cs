using System.Buffers;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>Stands in for a guard that failed to begin where the gate is to fail closed: blocks.</summary>
internal sealed class RefusingGuard(BlockAnswer answer) : IExchangeGuard
{
    public int HeldBytes => 0;

    public GuardDecision JudgeHead() => new() { Verdict = Verdict.Block, Reason = "the guard failed", Answer = answer };

    public ValueTask<GuardDecision> JudgeRequestAsync(ReadOnlyMemory<byte> body, bool complete, CancellationToken cancellation) =>
        new(JudgeHead());

    public ResponseInterest WantsResponse(int status, HeaderBlock response) => ResponseInterest.None;

    public GuardDecision ResponseGrew(ReadOnlySpan<byte> decoded, bool last, IBufferWriter<byte> released) => JudgeHead();

    public GuardDecision ReleaseHeld(IBufferWriter<byte> released) => JudgeHead();

    public ValueTask<GuardDecision> JudgeMessageAsync(
        bool fromApp, bool isText, ReadOnlyMemory<byte> payload, bool complete, CancellationToken cancellation) => new(JudgeHead());

    public void WriteCall(IBufferWriter<byte> json)
    {
    }

    public void Dispose()
    {
    }
}
