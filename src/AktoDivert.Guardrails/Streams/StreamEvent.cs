namespace AktoDivert.Guardrails.Streams;

/// <summary>One event of an answer, held until every text in it is decided.</summary>
internal sealed class StreamEvent(byte[] raw)
{
    /// <summary>Its bytes, framing included; masked in place.</summary>
    public byte[] Raw => raw;

    /// <summary>Where its JSON begins.</summary>
    public int JsonStart { get; set; }

    /// <summary>Length of its JSON; 0 when it has none.</summary>
    public int JsonLength { get; set; }

    /// <summary>Name of the event, where the framing gives one.</summary>
    public string Name { get; set; } = "";

    /// <summary>Whether its bytes may be changed.</summary>
    public bool CanMask { get; init; } = true;

    /// <summary>Texts in it that are not decided yet.</summary>
    public int Undecided { get; set; }
}
