using System.Text;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Traffic of one connection as one byte string: records of direction (1 byte, odd is down), length (2 bytes) and bytes.</summary>
internal sealed class TapScript
{
    private readonly List<byte> _bytes = [];

    public TapScript Up(ReadOnlySpan<byte> bytes) => Add(0, bytes);

    public TapScript Up(string text) => Add(0, Encoding.Latin1.GetBytes(text));

    public TapScript Down(ReadOnlySpan<byte> bytes) => Add(1, bytes);

    public TapScript Down(string text) => Add(1, Encoding.Latin1.GetBytes(text));

    public byte[] ToArray() => [.. _bytes];

    /// <summary>Plays a script, whole or mutated, in pieces of at most <paramref name="piece"/> bytes, and closes the connection.</summary>
    public static TapRun Play(ReadOnlySpan<byte> script, string protocol, int piece)
    {
        var run = new TapRun(protocol);
        while (script.Length > 3)
        {
            var direction = (script[0] & 1) == 0 ? RelayDirection.Up : RelayDirection.Down;
            var length = Math.Min((script[1] << 8) | script[2], script.Length - 3);
            run.Feed(direction, script.Slice(3, length), piece);
            script = script[(3 + length)..];
        }

        return run.End(RelayDirection.Down).Close();
    }

    /// <summary>Checks what must hold for any traffic: no fault of the tap, no byte twice, and the same exchanges whatever the split.</summary>
    public static void Check(ReadOnlySpan<byte> script, string protocol)
    {
        var whole = Play(script, protocol, int.MaxValue);
        if (whole.Counters["tap.opaque.internal-fault"] != 0)
        {
            throw new InvalidOperationException("the tap threw");
        }

        if (whole.ObservedBytes > script.Length)
        {
            throw new InvalidOperationException($"{whole.ObservedBytes} body bytes observed of {script.Length} fed");
        }

        // How much of a broken deflate stream comes out depends on the pieces.
        var broken = whole.Counters["tap.opaque.websocket-deflate"] != 0;
        if (!broken && (Play(script, protocol, 1).ToString() != whole.ToString() || Play(script, protocol, 7).ToString() != whole.ToString()))
        {
            throw new InvalidOperationException("the split changed the exchanges");
        }
    }

    private TapScript Add(byte direction, ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange([direction, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes]);
        return this;
    }
}
