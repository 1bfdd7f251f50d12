namespace AktoDivert.Redirect.Divert;

/// <summary>How a handle is opened (WINDIVERT_FLAG_* of windivert.h 2.2).</summary>
[Flags]
internal enum DivertFlags : ulong
{
    /// <summary>Packets are taken out and wait for the reader.</summary>
    None = 0,

    /// <summary>Packets are copied and go on.</summary>
    Sniff = 1,

    /// <summary>Packets are dropped in the driver.</summary>
    Drop = 2,

    /// <summary>Nothing can be sent.</summary>
    ReceiveOnly = 4,

    /// <summary>Nothing can be received.</summary>
    SendOnly = 8,

    /// <summary>The driver must be there already.</summary>
    NoInstall = 0x10,

    /// <summary>Inbound fragments are seen as such.</summary>
    Fragments = 0x20,
}
