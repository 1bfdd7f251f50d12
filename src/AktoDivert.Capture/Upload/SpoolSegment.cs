namespace AktoDivert.Capture.Upload;

/// <summary>One file of the spool as memory knows it.</summary>
internal sealed class SpoolSegment(long number, string path)
{
    public long Number => number;

    public string Path => path;

    /// <summary>Bytes in the file.</summary>
    public long Bytes { get; set; }

    /// <summary>Whole records that were not read as uploaded yet.</summary>
    public int Pending { get; set; }
}
