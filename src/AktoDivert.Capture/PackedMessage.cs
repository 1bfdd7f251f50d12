using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Capture;

/// <summary>What stands before the payload of a WebSocket message in a <see cref="PackedExchange"/>.</summary>
internal readonly struct PackedMessage
{
    private readonly long _ticks;
    private readonly long _total;
    private readonly int _number;
    private readonly bool _fromApp;
    private readonly bool _isText;

    /// <summary>Makes it of a message.</summary>
    public PackedMessage(WebSocketMessage message)
    {
        (_fromApp, _isText, _ticks, _number) = (message.FromApp, message.IsText, message.Time.UtcTicks, message.Number);
        (Bytes, _total) = (message.Payload.Kept.Length, message.Payload.TotalBytes);
    }

    /// <summary>Bytes of the payload that are kept.</summary>
    public int Bytes { get; }

    /// <summary>Bytes that it takes itself.</summary>
    public static int Size => Unsafe.SizeOf<PackedMessage>();

    /// <summary>Reads one from the beginning of <paramref name="packed"/>.</summary>
    public static PackedMessage Read(ReadOnlySpan<byte> packed) => MemoryMarshal.Read<PackedMessage>(packed);

    /// <summary>Writes it to the beginning of <paramref name="packed"/>.</summary>
    public void Write(Span<byte> packed) => MemoryMarshal.Write(packed, this);

    /// <summary>Makes a message the one it was made of.</summary>
    public void Unpack(WebSocketMessage message, ReadOnlySpan<byte> payload)
    {
        (message.FromApp, message.IsText, message.Time, message.Number) = (_fromApp, _isText, new DateTimeOffset(_ticks, TimeSpan.Zero), _number);
        message.Payload.Load(payload, _total);
    }
}
