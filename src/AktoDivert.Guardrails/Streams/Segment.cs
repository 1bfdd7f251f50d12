using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Streams;

/// <summary>A part of a channel's text, in the event it came in.</summary>
/// <param name="Event">The event.</param>
/// <param name="RawStart">Where its string begins in the event's content.</param>
/// <param name="RawLength">Bytes of the string.</param>
/// <param name="Coding">How it is written.</param>
/// <param name="Length">Characters.</param>
internal sealed record Segment(StreamEvent Event, int RawStart, int RawLength, TextCoding Coding, int Length);
