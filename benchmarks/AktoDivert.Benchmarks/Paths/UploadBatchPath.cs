using AktoDivert.Capture;
using AktoDivert.Capture.Fleet;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>The body of an upload of 100 records.</summary>
internal sealed class UploadBatchPath : HotPath
{
    private readonly SerializedRecord[] _records = [.. Enumerable.Repeat(new SerializedRecord(new byte[5000]), 100)];

    /// <inheritdoc />
    public override string Name => "upload-batch-100";

    /// <inheritdoc />
    public override void Run()
    {
        using var content = new BatchContent(_records);
        if (!content.CopyToAsync(Stream.Null).IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("nothing here should wait");
        }
    }
}
