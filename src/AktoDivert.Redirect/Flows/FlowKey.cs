using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AktoDivert.Redirect.Flows;

/// <summary>Names a TCP or UDP flow of this machine.</summary>
/// <param name="Local">This machine's address as a number, most significant byte first; IPv4 in the low 32 bits.</param>
/// <param name="Remote">The far address.</param>
/// <param name="LocalPort">This machine's port.</param>
/// <param name="RemotePort">The far port.</param>
/// <param name="IsV6">Whether it is IPv6; a v4-mapped flow is IPv4 on the wire and here.</param>
internal readonly record struct FlowKey(UInt128 Local, UInt128 Remote, ushort LocalPort, ushort RemotePort, bool IsV6)
{
    /// <summary>The far end.</summary>
    public IPEndPoint RemoteEndPoint => new(ToAddress(Remote), RemotePort);

    /// <summary>This machine's end.</summary>
    public IPEndPoint LocalEndPoint => new(ToAddress(Local), LocalPort);

    /// <summary>From two end points of one family; a v4-mapped address counts as IPv4.</summary>
    public static FlowKey From(IPEndPoint local, IPEndPoint remote)
    {
        var localNumber = ToNumber(local.Address, out var v6);
        return new FlowKey(localNumber, ToNumber(remote.Address, out _), (ushort)local.Port, (ushort)remote.Port, v6);
    }

    /// <summary>The number of an address; IPv4 also when v4-mapped.</summary>
    public static UInt128 ToNumber(IPAddress address, out bool v6)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        Span<byte> bytes = stackalloc byte[16];
        _ = plain.TryWriteBytes(bytes, out _);
        v6 = plain.AddressFamily == AddressFamily.InterNetworkV6;
        return v6 ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <inheritdoc />
    public bool Equals(FlowKey other) => LocalPort == other.LocalPort && RemotePort == other.RemotePort
        && Remote == other.Remote && Local == other.Local && IsV6 == other.IsV6;

    /// <summary>Looked up for every packet, so it is a few multiplications (by odd constants of no meaning) and no more.</summary>
    public override int GetHashCode()
    {
        var ports = ((ulong)LocalPort << 16) | RemotePort;
        var hash = (ports * 0x9e3779b97f4a7c15) ^ ((ulong)Remote * 0xbf58476d1ce4e5b9) ^ ((ulong)Local * 0x94d049bb133111eb);
        if (IsV6)
        {
            hash ^= ((ulong)(Remote >> 64) * 0xd6e8feb86659fd93) ^ ((ulong)(Local >> 64) * 0xa0761d6478bd642f);
        }

        return (int)((hash ^ (hash >> 29)) * 0x9e3779b97f4a7c15 >> 32);
    }

    /// <inheritdoc />
    public override string ToString() => $"{LocalEndPoint} -> {RemoteEndPoint}";

    private IPAddress ToAddress(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(IsV6 ? bytes : bytes[12..]);
    }
}
