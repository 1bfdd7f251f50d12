using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Packets;

namespace AktoDivert.Fuzz.Targets;

/// <summary>A handle of a driver that hands over any bytes, makes any claim of them, and fails any send.</summary>
internal sealed class ScriptedHandle : IDivertHandle
{
    internal byte[] Bytes { get; set; } = [];

    internal int ClaimedAddresses { get; set; }

    internal int ClaimedExtra { get; set; }

    internal DivertAddressFlags Flags { get; set; }

    internal DivertError ReceiveError { get; set; }

    internal DivertError SendError { get; set; }

    /// <summary>What the last receive handed over, as far as the loop may see it.</summary>
    internal byte[] Received { get; private set; } = [];

    internal int ReceivedCount { get; private set; }

    /// <summary>First segments among it, which may be held.</summary>
    internal int Held { get; private set; }

    /// <summary>Batches in the order of the first attempt to send them.</summary>
    internal List<byte[]> Sent { get; } = [];

    public DivertError Receive(PacketBatch batch)
    {
        var length = Math.Min(Bytes.Length, batch.Buffer.Length);
        Bytes.AsSpan(0, length).CopyTo(batch.Buffer);
        foreach (ref var address in batch.Addresses)
        {
            address = new DivertAddress { Flags = Flags | DivertAddressFlags.Outbound };
        }

        batch.Filled(length + ClaimedExtra, ClaimedAddresses);
        Received = batch.Buffer[..batch.Length].ToArray();
        ReceivedCount = Received.Length == 0 ? 0 : batch.Count;
        Held = CountOpening(Received);
        return ReceiveError;
    }

    public DivertError Send(PacketBatch batch)
    {
        Sent.Add(batch.Buffer[..batch.Length].ToArray());
        return SendError;
    }

    public DivertError Shutdown(DivertShutdown how) => DivertError.None;

    public DivertError SetParameter(DivertParameter parameter, ulong value) => DivertError.None;

    public DivertError GetParameter(DivertParameter parameter, out ulong value)
    {
        value = 0;
        return DivertError.None;
    }

    public void Dispose()
    {
    }

    internal void Clear()
    {
        Sent.Clear();
        (Received, ReceivedCount, Held) = ([], 0, 0);
    }

    private static int CountOpening(Span<byte> bytes)
    {
        var count = 0;
        for (int length; (length = IPPacket.LengthOf(bytes)) > 0; bytes = bytes[length..])
        {
            count += IPPacket.TryParse(bytes, out var ip) && TcpSegment.TryParse(ip, out var tcp) && tcp.IsOpening ? 1 : 0;
        }

        return count;
    }
}
