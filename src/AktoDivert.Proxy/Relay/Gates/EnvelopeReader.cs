using System.Buffers;
using System.Buffers.Binary;
using AktoDivert.Core.Content;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>
/// Messages with five bytes of prefix: flags and length (gRPC over HTTP/2, "Length-Prefixed-Message"; Connect protocol, "Enveloped-Message").
/// Bit 0 of the flags says compressed; Connect's bit 1 and gRPC-Web's bit 7 mark trailers, which pass.
/// </summary>
internal sealed class EnvelopeReader(string coding, GateOptions options) : IMessageReader
{
    private const int PrefixSize = 5;
    private const byte Compressed = 0x01;
    private const byte Trailers = 0x82;

    private ArrayBufferWriter<byte> _bytes = new();
    private int _number;
    private long _passing;

    /// <inheritdoc />
    public bool IsBetweenMessages => _passing == 0;

    /// <inheritdoc />
    public void Append(ReadOnlySpan<byte> wire) => _bytes.Write(wire);

    /// <inheritdoc />
    public bool TryRead(out HeldMessage next)
    {
        next = default;
        var bytes = _bytes.WrittenSpan;
        if (_passing > 0 && !bytes.IsEmpty)
        {
            var part = (int)Math.Min(_passing, bytes.Length);
            _passing -= part;
            next = new(part) { EndsMessage = _passing == 0 };
            Take(part);
            return true;
        }

        if (bytes.Length < PrefixSize)
        {
            return false;
        }

        var length = PrefixSize + (long)BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        if ((bytes[0] & Trailers) != 0)
        {
            _passing = length;
            return TryRead(out next);
        }

        if (length > options.MaxHeldBytes)
        {
            return TryBegin(length, out next);
        }

        if (bytes.Length < length)
        {
            return false;
        }

        next = Judged(bytes[..(int)length], complete: true);
        Take((int)length);
        return true;
    }

    /// <inheritdoc />
    public bool TryGiveUp(out HeldMessage next)
    {
        next = default;
        var bytes = _bytes.WrittenSpan;
        if (bytes.Length < PrefixSize || _passing > 0)
        {
            // Not even its length is known; it is not lost, only waited for.
            return false;
        }

        _passing = PrefixSize + (long)BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]) - bytes.Length;
        next = Judged(bytes, complete: false);
        Take(bytes.Length);
        return true;
    }

    /// <inheritdoc />
    public ReadOnlyMemory<byte> Replace(in HeldMessage message, ReadOnlySpan<byte> replacement)
    {
        // A message may always come uncompressed.
        var frame = new byte[PrefixSize + replacement.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), replacement.Length);
        replacement.CopyTo(frame.AsSpan(PrefixSize));
        return frame;
    }

    /// <inheritdoc />
    public ReadOnlyMemory<byte>? Reframe(in HeldMessage message) => null;

    /// <inheritdoc />
    public void Withhold()
    {
    }

    /// <inheritdoc />
    public void Dispose() => _bytes.Clear();

    private bool TryBegin(long length, out HeldMessage next)
    {
        next = default;
        var bytes = _bytes.WrittenSpan;
        if (bytes.Length < options.MaxHeldBytes)
        {
            return false;
        }

        // More than the message may have come.
        var taken = (int)Math.Min(bytes.Length, length);
        _passing = length - taken;
        next = Judged(bytes[..taken], complete: false);
        Take(taken);
        return true;
    }

    private HeldMessage Judged(ReadOnlySpan<byte> message, bool complete)
    {
        var payload = message[PrefixSize..].ToArray().AsMemory();
        if ((message[0] & Compressed) == 0 || payload.IsEmpty)
        {
            return Held(message, payload, complete);
        }

        var decoded = new ByteBuffer(options.MaxInflatedBytes);
        var outcome = ContentDecoder.Decode(payload, coding, decoded, options.MaxInflatedBytes);
        return Held(message, decoded.Memory, complete && outcome == DecodeOutcome.Complete);
    }

    private HeldMessage Held(ReadOnlySpan<byte> message, ReadOnlyMemory<byte> payload, bool complete) => new(message.Length)
    {
        Judge = true, Payload = payload, Complete = complete, EndsMessage = _passing == 0, Number = ++_number,
    };

    private void Take(int count)
    {
        var rest = _bytes.WrittenSpan[count..];
        if (rest.IsEmpty)
        {
            _bytes.ResetWrittenCount();
            return;
        }

        var next = new ArrayBufferWriter<byte>(rest.Length);
        next.Write(rest);
        _bytes = next;
    }
}
