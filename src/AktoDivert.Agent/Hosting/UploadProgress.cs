using AktoDivert.Capture.Fleet;
using AktoDivert.Capture.Upload;

namespace AktoDivert.Agent.Hosting;

/// <summary>How uploads go, or that there is no console to upload to.</summary>
internal sealed class UploadProgress(ConsoleLink? link, Uploader? uploader, SettingsWorker? settings)
{
    /// <summary>Records that wait on disk.</summary>
    public int SpoolRecords => uploader?.SpoolRecords ?? 0;

    /// <summary>The state now.</summary>
    public UploadStatus Read(long ringRecords) => link is null || uploader is null
        ? new UploadStatus("", "no console: calls are only seen by tail", "", ringRecords, 0)
        : new UploadStatus(link.Url.ToString(), uploader.State.ToString(), LastError(uploader), ringRecords, uploader.SpoolRecords);

    private string LastError(Uploader uploader) => uploader.State switch
    {
        UploadState.TokenRefused => "the console refuses this device's token; enrol it again: aktodivert enrol <console-url> <token>",
        UploadState.Unreachable => "the console does not take records now; they wait on disk",
        _ => settings?.LastError ?? "",
    };
}
