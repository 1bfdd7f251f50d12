namespace AktoDivert.Guardrails.Extractors;

/// <summary>What a shape keeps from one event of a stream to the next.</summary>
internal sealed class StreamState
{
    /// <summary>Name of the event, where the framing gives one.</summary>
    public string EventName { get; set; } = "";

    /// <summary>Whether a part of the answer came as a delta.</summary>
    public bool HasDeltas { get; set; }

    /// <summary>Path that the last patch named, where later events leave it out.</summary>
    public string LastPath { get; set; } = "";

    /// <summary>Makes it that of a stream that begins.</summary>
    public void Clear() => (EventName, HasDeltas, LastPath) = ("", false, "");
}
