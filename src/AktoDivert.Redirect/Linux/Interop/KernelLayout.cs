using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AktoDivert.Redirect.Linux.Interop;

// The structures of native/ebpf/redirect.h, field by field.

/// <summary>struct address: 16 bytes, IPv4 in its v4-mapped form.</summary>
[InlineArray(16)]
internal struct AddressRecord
{
    private byte _first;

    internal static AddressRecord From(IPAddress address)
    {
        var record = default(AddressRecord);
        address.MapToIPv6().TryWriteBytes(record, out _);
        return record;
    }

    internal readonly IPAddress ToAddress()
    {
        var address = new IPAddress((ReadOnlySpan<byte>)this);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}

/// <summary>struct name: 63 bytes at most and a terminating zero.</summary>
[InlineArray(Length)]
internal struct NameRecord
{
    internal const int Length = 64;
    private byte _first;

    internal static NameRecord From(string name)
    {
        var record = default(NameRecord);
        var bytes = Encoding.UTF8.GetBytes(name);
        bytes.AsSpan(0, Math.Min(bytes.Length, Length - 1)).CopyTo(record);
        return record;
    }

    /// <summary>The bytes before the zero.</summary>
    [UnscopedRef]
    internal readonly ReadOnlySpan<byte> Text
    {
        get
        {
            ReadOnlySpan<byte> bytes = this;
            var end = bytes.IndexOf((byte)0);
            return end < 0 ? bytes : bytes[..end];
        }
    }

    public override readonly string ToString() => Encoding.UTF8.GetString(Text);
}

/// <summary>struct config.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ConfigRecord
{
    internal ulong NetworkNamespace;
    internal ulong HeartbeatNanoseconds;
    internal uint OwnPid;
    internal RedirectFlags Flags;
    internal ushort PortV4;
    internal ushort PortV6;
    internal uint Reserved;
    internal ulong Reserved2;
}

[Flags]
internal enum RedirectFlags : uint
{
    None = 0,
    DenyQuic = 1,
    ScopeAll = 2,
    AllCandidates = 4,
    Direct = 8,
}

/// <summary>struct source.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SourceRecord
{
    internal AddressRecord Address;
    internal ulong LearnedNanoseconds;
}

[Flags]
internal enum NameFlags : uint
{
    None = 0,
    Selected = 1,
    Candidate = 2,
    Directory = 4,
}

/// <summary>struct name_rule.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct NameRuleRecord(NameFlags Flags, uint App);

/// <summary>struct file_id.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct FileIdRecord
{
    internal ulong Inode;
    internal uint Device;
    internal uint Reserved;
}

internal enum ProcessState : uint
{
    /// <summary>In no table: only seen with scope all.</summary>
    Unlisted,
    Undecided,
    Selected,
}

/// <summary>struct process.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProcessRecord
{
    internal ProcessState State;
    internal uint App;
    internal uint Root;
    internal uint Reserved;
}

/// <summary>struct flow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlowRecord
{
    internal ulong Cookie;
    internal ulong StartNanoseconds;
    internal ulong ExecId;
    internal uint Pid;
    internal uint UserId;
    internal ProcessState State;
    internal uint App;
    internal uint Root;
    internal ushort Port;
    internal ushort SourceKnown;
    internal AddressRecord Destination;
    internal NameRecord Executable;
}

/// <summary>struct peer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PeerRecord
{
    internal ulong NetworkNamespace;
    internal AddressRecord Address;
    internal uint Port;
    internal uint Reserved;
}

/// <summary>struct destination.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DestinationRecord
{
    internal AddressRecord Address;
    internal ushort Port;
    internal ushort Reserved;
    internal uint Reserved2;
}

/// <summary>struct direct_value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct DirectValueRecord(ulong UntilNanoseconds, ulong Generation);

/// <summary>struct host_key.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct HostKeyRecord
{
    internal uint Bits;
    internal uint Reserved;
    internal ulong Generation;
    internal NameRecord Backwards;

    /// <summary>The entry of a generation that holds for hosts without another one.</summary>
    internal static HostKeyRecord OfGeneration(ulong generation) => new()
    {
        Bits = 8 * (sizeof(uint) + sizeof(ulong)),
        Generation = generation,
    };

    /// <summary>A host, or all below it. Its text, in ASCII and lower case, is at most 63 bytes long.</summary>
    internal static HostKeyRecord Of(ulong generation, string host, bool below)
    {
        var key = OfGeneration(generation);
        for (var i = 0; i < host.Length; i++)
        {
            key.Backwards[i] = (byte)host[^(i + 1)];
        }

        key.Backwards[host.Length] = below ? (byte)'.' : (byte)0;
        key.Bits += 8 * (uint)(host.Length + 1);
        return key;
    }
}

internal enum HostVerdict : uint
{
    Passes = 1,
    Intercepted,
}

/// <summary>struct direct_flow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DirectFlowRecord
{
    internal FlowRecord Flow;
    internal ulong Generation;
    internal uint Hello;
    internal uint Reserved;
}

internal enum DirectEventKind : uint
{
    /// <summary>What it sent first may leave.</summary>
    Passed = 1,

    /// <summary>It may not, and is held back: the socket has to be destroyed.</summary>
    Refused,

    Ended,

    /// <summary>It could not be watched, since another program does so or it sent data with its SYN: to be destroyed too.</summary>
    Unwatched,
}

/// <summary>struct direct_event.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DirectEventRecord
{
    internal DirectEventKind Kind;
    internal uint LocalPort;
    internal AddressRecord Local;
    internal ulong Sent;
    internal ulong Received;
    internal ulong Reserved;
    internal NameRecord Name;
    internal DirectFlowRecord Direct;
}

/// <summary>struct exec_event.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct ExecEventRecord(uint Pid, uint Reserved);

/// <summary>enum counter.</summary>
internal enum KernelCounter : uint
{
    Seen,
    Redirected,
    QuicDenied,
    NotSelected,
    Own,
    OtherNamespace,
    BoundToDevice,
    HeartbeatLate,
    NoListener,
    Lost,
    Direct,
    DirectRefused,
    EventsLost,
}
