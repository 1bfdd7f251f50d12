namespace AktoDivert.Agent.Configuration;

/// <summary><c>capture</c>: how much of a call is kept, and how much waits in memory.</summary>
internal sealed record CaptureSection
{
    /// <summary>Bytes of a request or response body kept in a record. 1 KiB to 2 MiB.</summary>
    public int BodyBytes { get; init; } = 1024 * 1024;

    /// <summary>Calls that wait in memory to become records. 16 to 1,000,000.</summary>
    public int RingRecords { get; init; } = 8192;

    /// <summary>Bytes of calls that wait in memory. 4 MiB to 1 GiB.</summary>
    public long RingBytes { get; init; } = 64L * 1024 * 1024;
}
