namespace AktoDivert.Capture.Sse;

/// <summary>One event of a text/event-stream.</summary>
/// <param name="Name">The event field; <c>message</c> when absent.</param>
/// <param name="Data">The data lines in UTF-8, joined by LF.</param>
internal readonly record struct SseEvent(string Name, ReadOnlyMemory<byte> Data);
