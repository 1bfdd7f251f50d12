using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Storage;

/// <summary>Where violations are announced.</summary>
internal sealed class NotificationTargetRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public NotificationKind Kind { get; set; }

    /// <summary>Webhook: address. Syslog: <c>udp://host:514</c>, <c>tcp://host:514</c>. E-mail: <c>smtp://host:25</c> or <c>smtps://host:587</c>.</summary>
    public required string Address { get; set; }

    /// <summary>E-mail: recipients, separated by commas; else empty.</summary>
    public string Recipients { get; set; } = "";

    /// <summary>Webhook: key of the signature. E-mail: <c>user:password</c>. Encrypted; null when there is none.</summary>
    public byte[]? SealedSecret { get; set; }

    /// <summary>Mildest severity announced.</summary>
    public FindingSeverity From { get; set; } = FindingSeverity.High;

    public bool Enabled { get; set; } = true;

    /// <summary>Seconds in which alike violations are gathered into one message.</summary>
    public int GroupSeconds { get; set; } = 60;

    /// <summary>Most messages an hour; what is beyond is counted in the next one.</summary>
    public int MostPerHour { get; set; } = 60;

    /// <summary>Why the last message did not arrive; empty when it did.</summary>
    public string LastError { get; set; } = "";

    /// <summary>Unix milliseconds of the last message that arrived; 0 when none did.</summary>
    public long LastSentMs { get; set; }
}
