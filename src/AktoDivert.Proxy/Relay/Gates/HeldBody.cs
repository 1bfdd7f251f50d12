using AktoDivert.Core.Content;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>Has the body of a held request judged, and brings a replacement into the form the original had.</summary>
internal static class HeldBody
{
    /// <summary>Judges a body as it came over the wire.</summary>
    /// <param name="guard">Judges.</param>
    /// <param name="wire">The body with its content coding; not changed until the task completes.</param>
    /// <param name="whole">Whether the request's body is over.</param>
    /// <param name="coding">Its content coding; empty for none.</param>
    public static async ValueTask<GuardDecision> JudgeAsync(GuardedExchange guard, ReadOnlyMemory<byte> wire, bool whole, string coding)
    {
        if (coding.Length == 0)
        {
            return await guard.JudgeRequestAsync(wire, whole);
        }

        // Not returned to a pool while a call that took too long may still read it.
        var decoded = new ByteBuffer(guard.Options.MaxInflatedBytes);
        var outcome = ContentDecoder.Decode(wire, coding, decoded, guard.Options.MaxInflatedBytes);
        var decision = await guard.JudgeRequestAsync(decoded.Memory, whole && outcome == DecodeOutcome.Complete);
        if (!guard.HasFailed)
        {
            decoded.Dispose();
        }

        return decision;
    }

    /// <summary>
    /// The replacement as it goes over the wire, and whether it has the original's coding; null when there is none.
    /// </summary>
    public static (ReadOnlyMemory<byte> Body, bool Coded)? Replacement(GuardDecision decision, bool whole, string coding) =>
        decision.Replacement is not { } replacement || !whole ? null
        : ContentEncoder.TryEncode(replacement, coding) is { } encoded ? (encoded, true)
        : (replacement, false);
}
