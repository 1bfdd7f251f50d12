namespace AktoDivert.Redirect.Divert;

/// <summary>A setting of a handle (WINDIVERT_PARAM of windivert.h 2.2).</summary>
internal enum DivertParameter
{
    /// <summary>Longest queue in packets: 32 to 16,384, at first 4,096. The oldest is dropped beyond it.</summary>
    QueueLength = 0,

    /// <summary>Longest wait in the queue in milliseconds: 100 to 16,000, at first 2,000. Older packets are dropped.</summary>
    QueueTime = 1,

    /// <summary>Largest queue in bytes: 65,535 to 33,554,432, at first 4,194,304. The oldest is dropped beyond it.</summary>
    QueueSize = 2,

    /// <summary>Major version of the driver; read only.</summary>
    VersionMajor = 3,

    /// <summary>Minor version of the driver; read only.</summary>
    VersionMinor = 4,
}
