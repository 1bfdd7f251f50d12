namespace AktoDivert.Capture.Upload;

/// <summary>A place in the spool: everything before it is uploaded.</summary>
internal readonly record struct SpoolPosition(long Segment, long Offset);
