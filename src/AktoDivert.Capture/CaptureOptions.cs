namespace AktoDivert.Capture;

/// <summary>Bounds of step 5. Every buffer between the taps and the upload has one.</summary>
public sealed record CaptureOptions
{
    /// <summary>Calls that wait in memory to become records at most; the oldest makes room. 1 to 1,000,000.</summary>
    public int RingRecords { get; init; } = 8192;

    /// <summary>Bytes of their header fields and bodies at most. 4 MiB to 4 GiB, so that the largest call fits.</summary>
    public long RingBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of UTF-8 kept of each body; longer ones are cut in their inside with a marker. 1 KiB to 2 MiB.</summary>
    public int BodyLimit { get; init; } = 1 << 20;

    /// <summary>Bytes a compressed body may inflate to; what lies beyond is not read. 64 KiB to 64 MiB.</summary>
    public int InflatedLimit { get; init; } = 8 << 20;

    /// <summary>What is out of range: one sentence each with name, value and range; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        Check(nameof(RingRecords), RingRecords, 1, 1_000_000);
        Check(nameof(RingBytes), RingBytes, 4L << 20, 4L << 30);
        Check(nameof(BodyLimit), BodyLimit, 1 << 10, 2 << 20);
        Check(nameof(InflatedLimit), InflatedLimit, 64 << 10, 64 << 20);
        return errors;

        void Check(string name, long value, long least, long most)
        {
            if (value < least || value > most)
            {
                errors.Add($"{name} is {value}: give a number from {least} to {most}.");
            }
        }
    }
}
