namespace AktoDivert.Guardrails.Detectors;

/// <summary>
/// Finds one kind of content (secrets, personal data, injections, words) in text. Implementations are immutable and safe to use from
/// several threads, take time linear in the text, and allocate nothing when they find nothing.
/// </summary>
public interface IDetector
{
    /// <summary>Name as policies write it, for example <c>secrets</c>.</summary>
    string Name { get; }

    /// <summary>Appends what the text holds to <paramref name="found"/>; several detections may overlap.</summary>
    /// <param name="text">The text, UTF-16. Lone surrogates and control characters are allowed.</param>
    /// <param name="found">The list to append to; what it holds already is left alone.</param>
    void Scan(ReadOnlySpan<char> text, List<Detection> found);

    /// <summary>
    /// Where the longest suffix begins that more text could turn into, or extend as, a detection. A stream that is redacted passes what
    /// stands before it and holds the rest; <c>text.Length</c> when nothing needs holding.
    /// </summary>
    /// <param name="text">What has arrived and was not passed on yet, preceded by as much passed text as the caller cares to keep.</param>
    int HoldFrom(ReadOnlySpan<char> text);
}
