using System.Buffers.Binary;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>Asks the kernel for one TCP socket, or to destroy it (sock_diag(7)).</summary>
internal static unsafe class SocketDiagnosis
{
    /// <summary>ENOENT.</summary>
    internal const int NoSuchSocket = 2;

    private const int Netlink = 16;
    private const int Raw = 3;
    private const int CloseOnExec = 0x80000;
    private const int SockDiag = 4;
    private const ushort ByFamily = 20;
    private const ushort DestroyCall = 21;
    private const ushort Request = 1;
    private const ushort Acknowledge = 4;
    private const ushort ErrorType = 2;
    private const ulong AnyCookie = ulong.MaxValue;
    private const int NoAnswer = 5;
    private const int HeaderLength = 16;
    private const int RequestLength = HeaderLength + 56;
    private const int AnswerLength = HeaderLength + 72;
    private const int InodeOffset = HeaderLength + 68;
    private const byte Tcp = 6;

    /// <summary>The inode of the socket of a flow, half-open ones included; 0 when the kernel knows none.</summary>
    internal static uint InodeOf(in FlowKey key)
    {
        Span<byte> answer = stackalloc byte[512];
        var length = Ask(ByFamily, Request, key, AnyCookie, answer);
        return length >= AnswerLength && BinaryPrimitives.ReadUInt16LittleEndian(answer[4..]) == ByFamily
            ? BinaryPrimitives.ReadUInt32LittleEndian(answer[InodeOffset..])
            : 0;
    }

    /// <summary>
    /// Destroys the socket of a flow: its app sees the connection aborted, the server a reset. Needs CAP_NET_ADMIN, and a kernel with
    /// CONFIG_INET_DIAG_DESTROY.
    /// </summary>
    /// <returns>0, or the error: <see cref="NoSuchSocket"/> when it is gone already.</returns>
    internal static int Destroy(in FlowKey key, ulong cookie)
    {
        Span<byte> answer = stackalloc byte[512];
        var length = Ask(DestroyCall, Request | Acknowledge, key, cookie, answer);
        return length >= HeaderLength + sizeof(int) && BinaryPrimitives.ReadUInt16LittleEndian(answer[4..]) == ErrorType
            ? -BinaryPrimitives.ReadInt32LittleEndian(answer[HeaderLength..])
            : NoAnswer;
    }

    /// <summary>Whether this kernel destroys sockets for this process, asked with one that cannot exist.</summary>
    internal static bool CanDestroy() =>
        Destroy(new FlowKey(UInt128.Zero, UInt128.Zero, 0, 0, IsV6: false), cookie: 1) is 0 or NoSuchSocket;

    private static int Ask(ushort call, ushort flags, in FlowKey key, ulong cookie, Span<byte> answer)
    {
        using var netlink = new DescriptorHandle(LibC.socket(Netlink, Raw | CloseOnExec, SockDiag));
        if (netlink.IsInvalid)
        {
            return 0;
        }

        Span<byte> message = stackalloc byte[RequestLength];
        message.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(message, RequestLength);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], call);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], flags);

        // struct inet_diag_req_v2
        var request = message[HeaderLength..];
        request[0] = (byte)(key.IsV6 ? 10 : 2);
        request[1] = Tcp;
        BinaryPrimitives.WriteUInt32LittleEndian(request[4..], uint.MaxValue);
        BinaryPrimitives.WriteUInt16BigEndian(request[8..], key.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(request[10..], key.RemotePort);
        WriteAddress(request[12..], key.Local, key.IsV6);
        WriteAddress(request[28..], key.Remote, key.IsV6);
        BinaryPrimitives.WriteUInt64LittleEndian(request[48..], cookie);

        fixed (byte* sent = message)
        fixed (byte* received = answer)
        {
            var descriptor = (int)netlink.DangerousGetHandle();
            return LibC.send(descriptor, sent, RequestLength, 0) == RequestLength
                ? (int)LibC.recv(descriptor, received, (nuint)answer.Length, 0)
                : 0;
        }
    }

    private static void WriteAddress(Span<byte> place, UInt128 address, bool v6)
    {
        if (v6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(place, address);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(place, (uint)address);
        }
    }
}
