using AktoDivert.Core.Guarding;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>What a gate tells the tap about an exchange, to be recorded with it.</summary>
/// <param name="StreamId">As in <see cref="Core.Exchanges.Exchange.StreamId"/>.</param>
/// <param name="Part">What was judged.</param>
/// <param name="Decision">What the guard said.</param>
/// <param name="Guard">Knows the AI call as far as it is understood; null when nothing is new of it.</param>
/// <param name="Unchecked">Why there is no verdict; null when there is one.</param>
/// <param name="Took">How long judging took.</param>
/// <param name="Message">Number of the WebSocket message among those of its side, from 1; 0 when it is none.</param>
internal readonly record struct Judged(
    long StreamId, JudgedPart Part, GuardDecision Decision, IExchangeGuard? Guard, string? Unchecked, TimeSpan Took, int Message);
