namespace AktoDivert.Capture.Upload;

/// <summary>How step 6 batches, waits and spools.</summary>
public sealed record UploadOptions
{
    /// <summary>Folder of the spool; made 0700 when absent.</summary>
    public required string SpoolDirectory { get; init; }

    /// <summary>Most records in a post. 1 to 100.</summary>
    public int BatchRecords { get; init; } = 100;

    /// <summary>Most bytes of a post; Akto's service takes 10,485,760 characters. 4 to 8 MiB, so that the largest record fits.</summary>
    public long BatchBytes { get; init; } = 8L << 20;

    /// <summary>A record waits no longer for others to share its post while posts follow each other. 10 ms to 60 s.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The same after a pause in the traffic, so that a single call is seen at once. 0 to <see cref="MaxAge"/>.</summary>
    public TimeSpan IdleAge { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Most bytes of the spool on disk; the oldest records make room. 16 MiB to 64 GiB.</summary>
    public long SpoolBytes { get; init; } = 256L << 20;

    /// <summary>First pause after a failure; doubles with each further one. 10 ms to 60 s.</summary>
    public TimeSpan BackoffFirst { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause after failures. Up to 1 hour.</summary>
    public TimeSpan BackoffMost { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pause after the console refused the token; a token file that changes ends it early. 1 s to 1 hour.</summary>
    public TimeSpan TokenPause { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What is out of range: one sentence each with name, value and range; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(SpoolDirectory))
        {
            errors.Add($"{nameof(SpoolDirectory)} is empty: give the path of a folder.");
        }

        Check(nameof(BatchRecords), BatchRecords, 1, 100);
        Check(nameof(BatchBytes), BatchBytes, 4L << 20, 8L << 20);
        Check(nameof(SpoolBytes), SpoolBytes, 16L << 20, 64L << 30);
        Check(nameof(MaxAge), MaxAge, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(60));
        Check(nameof(IdleAge), IdleAge, TimeSpan.Zero, MaxAge);
        Check(nameof(BackoffFirst), BackoffFirst, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(60));
        Check(nameof(BackoffMost), BackoffMost, BackoffFirst, TimeSpan.FromHours(1));
        Check(nameof(TokenPause), TokenPause, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        return errors;

        void Check<T>(string name, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                errors.Add($"{name} is {value}: give a value from {least} to {most}.");
            }
        }
    }
}
