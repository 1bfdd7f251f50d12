namespace AktoDivert.Agent.Configuration;

/// <summary><c>upload</c>: how records travel to the console.</summary>
internal sealed record UploadSection
{
    /// <summary>Records per post. 1 to 100.</summary>
    public int BatchRecords { get; init; } = 100;

    /// <summary>Longest wait of a record for others to share its post. 50 ms to 60 s.</summary>
    public TimeSpan BatchAge { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes kept on disk while the console is away. 16 MiB to 64 GiB.</summary>
    public long SpoolBytes { get; init; } = 256L * 1024 * 1024;
}
