namespace AktoDivert.Capture.Upload;

/// <summary>What the uploader is doing, for <c>status</c> and the heartbeat.</summary>
public enum UploadState
{
    /// <summary>Records are taken as they come, or there are none.</summary>
    Sending,

    /// <summary>The console does not answer or is not able to take records; they are spooled and tried again.</summary>
    Unreachable,

    /// <summary>The console refuses the device's token: enrol the device again or renew the token file. Records are spooled.</summary>
    TokenRefused,

    /// <summary>Stopped; what was in memory is spooled.</summary>
    Stopped,
}
