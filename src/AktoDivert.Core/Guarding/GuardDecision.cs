namespace AktoDivert.Core.Guarding;

/// <summary>What a guard says of a message or a part of a stream, and what is to be done about it.</summary>
public sealed record GuardDecision
{
    /// <summary>Nothing found.</summary>
    public static GuardDecision Allow { get; } = new();

    /// <summary>The most severe verdict of all policies.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why, for a person: the deciding policy's message. Never content of the call.</summary>
    public string? Reason { get; init; }

    /// <summary>The policy that decided; empty when none did.</summary>
    public string Policy { get; init; } = "";

    /// <summary>What was found, by every policy.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>
    /// The whole body or message with what was found masked; null unless <see cref="Verdict"/> is <see cref="Verdict.Redact"/>. Without
    /// content coding: the gate encodes it as the original was. Of another length than the original it is framed anew. Must stay unchanged
    /// until the exchange is disposed of.
    /// </summary>
    public ReadOnlyMemory<byte>? Replacement { get; init; }

    /// <summary>
    /// The server's messages that pass now, oldest first, masked or not: those that waited, and the one that was judged. Those that are not among
    /// them wait on. Null: all that waited pass as they came, and the one that was judged as the rest of the decision says.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Passes { get; init; }

    /// <summary>
    /// What the record keeps in place of the body or message judged, so that no secret is stored; null: <see cref="Replacement"/> if there is
    /// one, else what passed.
    /// </summary>
    public ReadOnlyMemory<byte>? Recorded { get; init; }

    /// <summary>Why something was let pass, or refused, unseen: a service did not answer, a message was too large. Null when all was judged.</summary>
    public string? Unchecked { get; init; }

    /// <summary>What the app gets when it is blocked; null with a verdict that lets the message pass.</summary>
    public BlockAnswer? Answer { get; init; }

    /// <summary>
    /// Whether the message must not pass: blocked, or warned of for the first time (<see cref="Verdict.Warn"/> with an
    /// <see cref="Answer"/>; the identical resubmission comes without one).
    /// </summary>
    public bool Blocks => Verdict == Verdict.Block || (Verdict == Verdict.Warn && Answer is not null);
}
