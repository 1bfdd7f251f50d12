namespace AktoDivert.Redirect.Divert;

/// <summary>The bits of <see cref="DivertAddress.Flags"/>.</summary>
[Flags]
internal enum DivertAddressFlags : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>A copy: the packet went on.</summary>
    Sniffed = 0x01,

    /// <summary>Leaves this machine; otherwise it arrives.</summary>
    Outbound = 0x02,

    /// <summary>From this machine to itself.</summary>
    Loopback = 0x04,

    /// <summary>Was sent by another user of the driver.</summary>
    Impostor = 0x08,

    /// <summary>IPv6.</summary>
    IPv6 = 0x10,

    /// <summary>The IPv4 header checksum is valid; when clear the driver computes it on send.</summary>
    IPChecksum = 0x20,

    /// <summary>The TCP checksum is valid; when clear the driver computes it on send.</summary>
    TcpChecksum = 0x40,

    /// <summary>The UDP checksum is valid; when clear the driver computes it on send.</summary>
    UdpChecksum = 0x80,
}
