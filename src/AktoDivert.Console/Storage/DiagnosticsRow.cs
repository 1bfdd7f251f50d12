namespace AktoDivert.Console.Storage;

/// <summary>The last question for a device's diagnostics, and the last answer.</summary>
internal sealed class DiagnosticsRow
{
    /// <summary>Agent id.</summary>
    public required string DeviceId { get; set; }

    /// <summary>Who asked last.</summary>
    public required string AskedBy { get; set; }

    /// <summary>Unix milliseconds of the last question.</summary>
    public long AskedMs { get; set; }

    /// <summary>Unix milliseconds of the last answer; 0 before the first.</summary>
    public long AnsweredMs { get; set; }

    /// <summary>The answer, a <c>DiagnosticsReport</c> as JSON, compressed and encrypted for the device's id; null before the first.</summary>
    public byte[]? Sealed { get; set; }
}
