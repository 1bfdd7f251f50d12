using System.Runtime.InteropServices;
using System.Text;
using AktoDivert.Redirect.Divert;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>
/// A TUN device (Documentation/networking/tuntap.rst) whose packets come with a virtio header: up to 64 KB at once, with checksums and
/// segmentation left to the kernel. The device goes with its descriptor.
/// </summary>
internal sealed unsafe class TunDevice : IDisposable
{
    /// <summary>Size of struct virtio_net_hdr without the count of merged buffers.</summary>
    internal const int HeaderLength = 10;

    // linux/if_tun.h
    private const uint SetInterface = 0x400454ca;
    private const uint SetOffload = 0x400454d0;
    private const uint SetHeaderSize = 0x400454d8;
    private const short Tun = 0x0001;
    private const short NoPacketInformation = 0x1000;
    private const short VirtioHeader = 0x4000;
    private const uint ChecksumAndSegmentation = 0x01 | 0x02 | 0x04;

    private const int ReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const short Readable = 1;
    private const int NameLength = 16;
    private const int RequestLength = 40;
    private const byte NeedsChecksum = 1;
    private readonly DescriptorHandle _descriptor;

    private TunDevice(DescriptorHandle descriptor) => _descriptor = descriptor;

    /// <summary>Makes the device. Throws <see cref="RedirectUnavailableException"/>.</summary>
    internal static TunDevice Create(string name)
    {
        var descriptor = LibC.open("/dev/net/tun", ReadWrite | NonBlocking | LibC.OpenCloseOnExec);
        if (descriptor < 0)
        {
            throw Refused("/dev/net/tun cannot be opened");
        }

        var device = new TunDevice(new DescriptorHandle(descriptor));
        var request = stackalloc byte[RequestLength];
        new Span<byte>(request, RequestLength).Clear();
        _ = Encoding.ASCII.GetBytes(name, new Span<byte>(request, NameLength - 1));
        *(short*)(request + NameLength) = Tun | NoPacketInformation | VirtioHeader;
        var size = HeaderLength;
        if (LibC.ioctl(descriptor, SetInterface, request) != 0
            || LibC.ioctl(descriptor, SetHeaderSize, &size) != 0
            || LibC.ioctl(descriptor, SetOffload, (void*)(nuint)ChecksumAndSegmentation) != 0)
        {
            var refused = Refused($"the TUN device {name} cannot be made");
            device.Dispose();
            throw refused;
        }

        return device;
    }

    /// <summary>Waits for a packet; false after the limit.</summary>
    internal bool Wait(int milliseconds)
    {
        using var use = new Use(_descriptor);
        var record = new LibC.PollRecord { Descriptor = use.Descriptor, Events = Readable };
        return use.IsOpen && LibC.poll(&record, 1, milliseconds) > 0;
    }

    /// <summary>Reads a packet if there is one; its length, or 0. The virtio header is kept in the address for <see cref="Write"/>.</summary>
    internal int Read(Span<byte> buffer, ref DivertAddress address)
    {
        using var use = new Use(_descriptor);
        var header = stackalloc byte[16];
        fixed (byte* packet = buffer)
        {
            var vectors = stackalloc LibC.Vector[2];
            vectors[0] = new LibC.Vector { Start = header, Length = HeaderLength };
            vectors[1] = new LibC.Vector { Start = packet, Length = (nuint)buffer.Length };
            var length = use.IsOpen ? LibC.readv(use.Descriptor, vectors, 2) : -1;
            if (length <= HeaderLength)
            {
                return 0;
            }

            var v6 = *packet >> 4 == 6;
            address = default;
            address.ParentEndpointId = *(ulong*)header;
            address.ProcessId = *(ushort*)(header + 8);
            address.Flags = DivertAddressFlags.Outbound | DivertAddressFlags.IPChecksum
                | ((*header & NeedsChecksum) == 0 ? DivertAddressFlags.TcpChecksum : 0) | (v6 ? DivertAddressFlags.IPv6 : 0);
            return (int)length - HeaderLength;
        }
    }

    /// <summary>Hands a packet to the kernel as arriving; false when it refuses.</summary>
    internal bool Write(ReadOnlySpan<byte> bytes, in DivertAddress address)
    {
        using var use = new Use(_descriptor);
        var header = stackalloc byte[16];
        *(ulong*)header = address.ParentEndpointId;
        *(ushort*)(header + 8) = (ushort)address.ProcessId;
        fixed (byte* packet = bytes)
        {
            var vectors = stackalloc LibC.Vector[2];
            vectors[0] = new LibC.Vector { Start = header, Length = HeaderLength };
            vectors[1] = new LibC.Vector { Start = packet, Length = (nuint)bytes.Length };
            return use.IsOpen && LibC.writev(use.Descriptor, vectors, 2) == bytes.Length + HeaderLength;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _descriptor.Dispose();

    private static RedirectUnavailableException Refused(string what) => new(
        $"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}",
        "load the kernel module tun, and give the agent CAP_NET_ADMIN");

    /// <summary>Keeps the descriptor open during a call.</summary>
    private readonly ref struct Use
    {
        private readonly DescriptorHandle _handle;

        internal Use(DescriptorHandle handle)
        {
            _handle = handle;
            try
            {
                var added = false;
                handle.DangerousAddRef(ref added);
                IsOpen = added;
                Descriptor = (int)handle.DangerousGetHandle();
            }
            catch (ObjectDisposedException)
            {
                IsOpen = false;
            }
        }

        internal bool IsOpen { get; }

        internal int Descriptor { get; }

        public void Dispose()
        {
            if (IsOpen)
            {
                _handle.DangerousRelease();
            }
        }
    }
}
