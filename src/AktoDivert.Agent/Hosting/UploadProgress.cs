using AktoDivert.Capture;
using AktoDivert.Capture.Fleet;
using AktoDivert.Capture.Upload;

namespace AktoDivert.Agent.Hosting;

/// <summary>How uploads go, or that there is no console to upload to.</summary>
internal sealed class UploadProgress(ConsoleLink? link, ExchangeRing ring, RecordOutbox? outbox, Uploader? uploader, SettingsWorker? settings)
{
    /// <summary>Records that wait on disk.</summary>
    public int SpoolRecords => uploader?.SpoolRecords ?? 0;

    /// <summary>The state now.</summary>
    public UploadStatus Read() => link is null || uploader is null
        ? new UploadStatus("", "no console: calls are only seen by tail", "", Waiting, 0)
        : new UploadStatus(link.Url.ToString(), uploader.State.ToString(), LastError(uploader), Waiting, uploader.SpoolRecords);

    // As calls, or as records that are made of them.
    private long Waiting => ring.Count + (outbox?.Count ?? 0);

    private string LastError(Uploader uploader) => uploader.State switch
    {
        UploadState.TokenRefused => "the console refuses this device's token; enrol it again: aktodivert enrol <console-url> <token>",
        UploadState.Unreachable => "the console does not take records now; they wait on disk",
        _ => settings?.LastError ?? "",
    };
}
