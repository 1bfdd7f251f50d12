using System.Buffers.Binary;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>Asks the kernel for one TCP socket (sock_diag(7)).</summary>
internal static unsafe class SocketDiagnosis
{
    private const int Netlink = 16;
    private const int Raw = 3;
    private const int CloseOnExec = 0x80000;
    private const int SockDiag = 4;
    private const ushort ByFamily = 20;
    private const ushort Request = 1;
    private const int HeaderLength = 16;
    private const int RequestLength = HeaderLength + 56;
    private const int AnswerLength = HeaderLength + 72;
    private const int InodeOffset = HeaderLength + 68;
    private const byte Tcp = 6;

    /// <summary>The inode of the socket of a flow, half-open ones included; 0 when the kernel knows none.</summary>
    internal static uint InodeOf(in FlowKey key)
    {
        using var netlink = new DescriptorHandle(LibC.socket(Netlink, Raw | CloseOnExec, SockDiag));
        if (netlink.IsInvalid)
        {
            return 0;
        }

        Span<byte> message = stackalloc byte[RequestLength];
        message.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(message, RequestLength);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], ByFamily);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], Request);

        // struct inet_diag_req_v2
        var request = message[HeaderLength..];
        request[0] = (byte)(key.IsV6 ? 10 : 2);
        request[1] = Tcp;
        BinaryPrimitives.WriteUInt32LittleEndian(request[4..], uint.MaxValue);
        BinaryPrimitives.WriteUInt16BigEndian(request[8..], key.LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(request[10..], key.RemotePort);
        WriteAddress(request[12..], key.Local, key.IsV6);
        WriteAddress(request[28..], key.Remote, key.IsV6);
        BinaryPrimitives.WriteUInt64LittleEndian(request[48..], ulong.MaxValue);

        Span<byte> answer = stackalloc byte[512];
        fixed (byte* sent = message)
        fixed (byte* received = answer)
        {
            var descriptor = (int)netlink.DangerousGetHandle();
            if (LibC.send(descriptor, sent, RequestLength, 0) != RequestLength)
            {
                return 0;
            }

            var length = LibC.recv(descriptor, received, (nuint)answer.Length, 0);
            return length >= AnswerLength && BinaryPrimitives.ReadUInt16LittleEndian(answer[4..]) == ByFamily
                ? BinaryPrimitives.ReadUInt32LittleEndian(answer[InodeOffset..])
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
