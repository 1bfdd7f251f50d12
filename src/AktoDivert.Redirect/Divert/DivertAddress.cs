using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Divert;

/// <summary>
/// What the driver says of a packet or event: WINDIVERT_ADDRESS of windivert.h 2.2, exactly 80 bytes. The fields from offset 16 share
/// their place: those of the NETWORK layers, and those of FLOW and SOCKET, whose addresses and ports are in host order.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal struct DivertAddress
{
    /// <summary>Its size in bytes.</summary>
    public const int Size = 80;

    /// <summary>When, in ticks of <see cref="TimeProvider.GetTimestamp"/> (the performance counter); one clock for all layers.</summary>
    [FieldOffset(0)]
    public long Timestamp;

    /// <summary>The handle's layer.</summary>
    [FieldOffset(8)]
    public DivertLayer Layer;

    /// <summary>What happened.</summary>
    [FieldOffset(9)]
    public DivertEvent Event;

    /// <summary>Direction, family and the validity of checksums.</summary>
    [FieldOffset(10)]
    public DivertAddressFlags Flags;

    /// <summary>Reserved.</summary>
    [FieldOffset(11)]
    public byte Reserved1;

    /// <summary>Reserved.</summary>
    [FieldOffset(12)]
    public uint Reserved2;

    /// <summary>NETWORK: index of the interface.</summary>
    [FieldOffset(16)]
    public uint InterfaceIndex;

    /// <summary>NETWORK: index of the sub-interface.</summary>
    [FieldOffset(20)]
    public uint SubInterfaceIndex;

    /// <summary>FLOW and SOCKET: the endpoint.</summary>
    [FieldOffset(16)]
    public ulong EndpointId;

    /// <summary>FLOW and SOCKET: the endpoint it was accepted from.</summary>
    [FieldOffset(24)]
    public ulong ParentEndpointId;

    /// <summary>FLOW and SOCKET: the process; 4 is the kernel.</summary>
    [FieldOffset(32)]
    public uint ProcessId;

    /// <summary>FLOW and SOCKET: this machine's address.</summary>
    [FieldOffset(36)]
    public AddressWords LocalAddress;

    /// <summary>FLOW and SOCKET: the far address.</summary>
    [FieldOffset(52)]
    public AddressWords RemoteAddress;

    /// <summary>FLOW and SOCKET: this machine's port.</summary>
    [FieldOffset(68)]
    public ushort LocalPort;

    /// <summary>FLOW and SOCKET: the far port.</summary>
    [FieldOffset(70)]
    public ushort RemotePort;

    /// <summary>FLOW and SOCKET: 6 for TCP, 17 for UDP.</summary>
    [FieldOffset(72)]
    public byte Protocol;

    /// <summary>REFLECT: when the handle was opened.</summary>
    [FieldOffset(16)]
    public long ReflectTimestamp;

    /// <summary>REFLECT: the process that opened it.</summary>
    [FieldOffset(24)]
    public uint ReflectProcessId;

    /// <summary>REFLECT: its layer, a 32-bit number there.</summary>
    [FieldOffset(28)]
    public uint ReflectLayer;

    /// <summary>REFLECT: its flags.</summary>
    [FieldOffset(32)]
    public DivertFlags ReflectFlags;

    /// <summary>REFLECT: its priority.</summary>
    [FieldOffset(40)]
    public short ReflectPriority;

    /// <summary>Whether every bit of <paramref name="flags"/> is set.</summary>
    public readonly bool Has(DivertAddressFlags flags) => (Flags & flags) == flags;
}
