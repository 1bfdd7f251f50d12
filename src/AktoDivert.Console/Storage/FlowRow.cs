namespace AktoDivert.Console.Storage;

/// <summary>
/// One connection of a selected process: who, where to, what was decided and why. What it has in common with <see cref="CallRow"/> is named
/// alike, so that one filter language finds both.
/// </summary>
internal sealed class FlowRow
{
    /// <summary>Agent id of the token that reported it.</summary>
    public required string DeviceId { get; set; }

    /// <summary><see cref="StartedMs"/> when the device's clock is believable, else 0. It follows from the report alone, so that a later one meets its first.</summary>
    public long At { get; set; }

    /// <summary>The agent's id of the flow, unique together with its start.</summary>
    public required string Id { get; set; }

    /// <summary>Device label as the report gives it.</summary>
    public required string Device { get; set; }

    public required string User { get; set; }

    /// <summary>Catalogue id of the app; empty when the process is none's.</summary>
    public required string App { get; set; }

    public required string Process { get; set; }

    public required string ProcessPath { get; set; }

    public int Pid { get; set; }

    /// <summary>SNI, or address when there was none.</summary>
    public required string Host { get; set; }

    /// <summary>Original destination as <c>address:port</c>.</summary>
    public required string Destination { get; set; }

    /// <summary>How it was treated, one of <see cref="Traffic.Treatment"/>.</summary>
    public required string Decrypt { get; set; }

    /// <summary>Step of the policy order and the rule's text, as calls have it.</summary>
    public required string Rule { get; set; }

    /// <summary>The decision in a sentence.</summary>
    public required string Reason { get; set; }

    /// <summary>Agreed application protocol; empty when not intercepted.</summary>
    public required string Protocol { get; set; }

    public required string Ja4 { get; set; }

    /// <summary>Whether the ClientHello carried encrypted_client_hello.</summary>
    public bool Ech { get; set; }

    public long BytesUp { get; set; }

    public long BytesDown { get; set; }

    /// <summary>Unix milliseconds by the device's clock.</summary>
    public long StartedMs { get; set; }

    /// <summary>Unix milliseconds by the device's clock; null while it goes on.</summary>
    public long? EndedMs { get; set; }

    /// <summary>From start to end; to the last report while it goes on.</summary>
    public double DurationMs { get; set; }

    /// <summary>Unix milliseconds by this console's clock when it was first reported; retention goes by it.</summary>
    public long ReceivedMs { get; set; }

    /// <summary>Why it ended; empty while it goes on.</summary>
    public required string End { get; set; }

    /// <summary>More about the end, or why observing stopped although bytes still pass; empty when there is nothing to say.</summary>
    public required string Detail { get; set; }
}
