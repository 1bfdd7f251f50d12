namespace AktoDivert.Redirect.Windows;

/// <summary>Times as the system counts them: 100 ns since 1601-01-01 UTC (FILETIME of minwinbase.h).</summary>
internal static class FileTime
{
    // The end of the year 9999.
    private const long Last = 2_650_467_743_999_999_999;

    /// <summary>The time; the earliest there is when the number is none, as processes that are about to end may report.</summary>
    public static DateTimeOffset ToTime(long fileTime) =>
        fileTime is >= 0 and <= Last ? DateTimeOffset.FromFileTime(fileTime).ToUniversalTime() : DateTimeOffset.MinValue;
}
