using AktoDivert.Redirect.Packets;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Whether what was sent is what came: each packet in its order, to the byte, or turned round.</summary>
internal static class PacketCheck
{
    /// <summary>Throws when a packet was made up, changed or put out of order.</summary>
    /// <param name="received">What the driver handed over.</param>
    /// <param name="sent">The sends; the first is that of the whole batch, what follows repeats parts of it or resets a flow.</param>
    /// <param name="listener">The listener's port.</param>
    internal static void Sent(ReadOnlySpan<byte> received, List<byte[]> sent, ushort listener)
    {
        if (sent.Count == 0)
        {
            return;
        }

        ReadOnlySpan<byte> rest = sent[0];
        while (!rest.IsEmpty)
        {
            if (received.IsEmpty)
            {
                throw new InvalidDataException("More was sent than came.");
            }

            var length = IPPacket.LengthOf(received);
            if (length == 0)
            {
                // From here on nothing can be told apart: all of it goes on as it came, or none of it.
                if (!received.SequenceEqual(rest))
                {
                    throw new InvalidDataException("What could not be understood was changed.");
                }

                return;
            }

            if (rest.Length >= length && IsSame(received[..length], rest[..length], listener))
            {
                rest = rest[length..];
            }

            received = received[length..];
        }
    }

    private static bool IsSame(ReadOnlySpan<byte> came, ReadOnlySpan<byte> went, ushort listener)
    {
        if (came.SequenceEqual(went))
        {
            return true;
        }

        var copy = came.ToArray();
        if (!IPPacket.TryParse(copy, out var ip) || !TcpSegment.TryParse(ip, out var tcp))
        {
            return false;
        }

        // Turned round by hand: addresses swapped, one port written, and the checksum whatever it is.
        var half = ip.Addresses.Length / 2;
        byte[] swapped = [.. ip.Addresses[half..], .. ip.Addresses[..half]];
        swapped.CopyTo(ip.Addresses);
        var fromListener = tcp.SourcePort == listener;
        tcp.ReplacePort(fromListener ? Reflection.SourcePort : Reflection.DestinationPort, fromListener ? (ushort)443 : listener);
        went.Slice(ip.TransportOffset + TcpSegment.ChecksumOffset, 2).CopyTo(ip.Transport[TcpSegment.ChecksumOffset..]);
        return went.SequenceEqual(copy);
    }
}
