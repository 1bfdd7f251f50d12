using System.IO.Compression;
using System.Text;
using AktoDivert.Fuzz.Targets;
using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Relay.WebSockets;

namespace AktoDivert.Tests.Proxy.Relay.Gates;

/// <summary>The readers that cut a conversation into messages, with the bytes cut at every place.</summary>
[TestClass]
public sealed class MessageReaderTests
{
    private static readonly GateOptions Small = new() { MaxHeldBytes = 64, MaxInflatedBytes = 100 };

    [TestMethod]
    public void Envelopes_are_read_one_by_one_however_they_are_cut()
    {
        byte[] bytes = [.. Envelope(0, "hello"u8), .. Envelope(0, []), .. Envelope(1, Gzip("packed"u8)), .. Envelope(0x80, "grpc-status: 0"u8), .. Envelope(2, "{}"u8)];
        var expected = "hello|complete;|complete;packed|complete;-;-;";
        SplitsAtEveryByte(() => new EnvelopeReader("gzip", new()), bytes, expected);
    }

    [TestMethod]
    public void An_envelope_of_an_unknown_coding_or_beyond_the_bound_is_judged_by_what_can_be_read()
    {
        byte[] unknown = [.. Envelope(1, "xx"u8), .. Envelope(0, "next"u8)];
        SplitsAtEveryByte(() => new EnvelopeReader("nobody-knows", new()), unknown, "|partial;next|complete;");
        byte[] large = [.. Envelope(0, new byte[300]), .. Envelope(0, "next"u8)];
        var read = Read(new EnvelopeReader("", Small), large, (large.Length, large.Length));
        Assert.AreEqual("next|complete;", read[^14..], read);
        Assert.Contains("|partial;", read);
        Assert.AreEqual(large.Length, Wire(new EnvelopeReader("", Small), large, (1, 1)));
        var bomb = Envelope(1, Gzip(new byte[1_000_000]));
        Assert.Contains("|partial;", Read(new EnvelopeReader("gzip", new() { MaxInflatedBytes = 1000 }), bomb, (bomb.Length, 1)));
    }

    [TestMethod]
    public void An_envelope_that_does_not_end_is_given_up_with_its_rest_passing()
    {
        var reader = new EnvelopeReader("", new());
        var envelope = Envelope(0, "hello world"u8);
        reader.Append(envelope.AsSpan(0, 3));
        Assert.IsFalse(reader.TryGiveUp(out _), "its length is not known yet");
        reader.Append(envelope.AsSpan(3, 7));
        Assert.IsFalse(reader.TryRead(out _));
        Assert.IsTrue(reader.TryGiveUp(out var beginning));
        Assert.AreEqual(("hello", false, 10), (Encoding.ASCII.GetString(beginning.Payload.Span), beginning.Complete, beginning.WireBytes));
        reader.Append([.. envelope.AsSpan(10), .. Envelope(0, "next"u8)]);
        Assert.IsTrue(reader.TryRead(out var rest));
        Assert.AreEqual((false, 6, true), (rest.Judge, rest.WireBytes, rest.EndsMessage));
        Assert.IsTrue(reader.TryRead(out var next));
        Assert.AreEqual("next", Encoding.ASCII.GetString(next.Payload.Span));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void WebSocket_messages_are_read_one_by_one_however_they_are_cut(bool masked)
    {
        byte[] bytes =
        [
            .. WebSocketScript.Text("one", masked), .. WebSocketScript.Frame(0x01, "tw"u8, masked), .. WebSocketScript.Frame(0x89, "ping"u8, masked),
            .. WebSocketScript.Frame(0x80, "o"u8, masked), .. WebSocketScript.Frame(0x8a, [], masked), .. WebSocketScript.Frame(0x82, new byte[3], masked),
            .. WebSocketScript.Frame(0x88, [3, 232], masked),
        ];
        SplitsAtEveryByte(() => new WebSocketMessageReader(masked, false, false, new()), bytes, "one|complete;two|complete;-;\0\0\0|complete;-;");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Compressed_WebSocket_messages_share_a_window_however_they_are_cut(bool masked)
    {
        var payloads = WebSocketScript.Deflate("the same words", "the same words again", "");
        byte[] bytes = [.. payloads.SelectMany(p => WebSocketScript.Frame(0xc1, p, masked))];
        SplitsAtEveryByte(() => new WebSocketMessageReader(masked, true, true, new()), bytes, "the same words|complete;the same words again|complete;|complete;");
    }

    [TestMethod]
    public void A_WebSocket_message_beyond_the_bound_is_judged_by_its_beginning_and_a_bomb_is_not_inflated()
    {
        byte[] large = [.. WebSocketScript.Frame(0x82, new byte[1000], false), .. WebSocketScript.Text("next", false)];
        foreach (var cut in (int[])[1, 7, 500, large.Length])
        {
            var read = Read(new WebSocketMessageReader(false, false, false, Small), large, (cut, cut));
            Assert.AreEqual("next|complete;", read[^14..], $"cut {cut}");
            Assert.Contains("|partial;", read);
            Assert.AreEqual(large.Length, Wire(new WebSocketMessageReader(false, false, false, Small), large, (cut, cut)), $"cut {cut}");
        }

        var bomb = WebSocketScript.Frame(0xc1, WebSocketScript.Deflate(new string('x', 5_000_000))[0], false);
        var reader = new WebSocketMessageReader(false, true, true, Small);
        reader.Append(bomb);
        Assert.IsTrue(reader.TryRead(out var message));
        Assert.IsFalse(message.Complete);
        Assert.IsLessThanOrEqualTo(100, message.Payload.Length);
    }

    [TestMethod]
    public void WebSocket_frames_that_break_the_rules_end_the_connection()
    {
        foreach (var broken in (byte[][])[[0x83, 0], [0xc1, 0], [0x80, 0], [0x09, 0], [0x01, 1, (byte)'a', 0x81, 0]])
        {
            var reader = new WebSocketMessageReader(false, false, false, new());
            Assert.ThrowsExactly<GateException>(() => reader.Append(broken), Convert.ToHexString(broken));
        }
    }

    private static void SplitsAtEveryByte(Func<IMessageReader> create, byte[] bytes, string expected)
    {
        for (var cut = 1; cut <= bytes.Length; cut++)
        {
            Assert.AreEqual(expected, Read(create(), bytes, (cut, bytes.Length)), $"cut at {cut}");
            Assert.AreEqual(bytes.Length, Wire(create(), bytes, (cut, 1)), $"cut at {cut}");
        }

        Assert.AreEqual(expected, Read(create(), bytes, (1, 1)));
    }

    /// <summary>Each message as text, in order; what is not judged as a hyphen when it ends a message.</summary>
    private static string Read(IMessageReader reader, byte[] bytes, (int First, int Next) cut)
    {
        var text = new StringBuilder();
        Play(reader, bytes, cut, message => text.Append(
            message.Judge ? $"{Encoding.Latin1.GetString(message.Payload.Span)}|{(message.Complete ? "complete" : "partial")};" : message.EndsMessage ? "-;" : ""));
        return text.ToString();
    }

    private static int Wire(IMessageReader reader, byte[] bytes, (int First, int Next) cut)
    {
        var count = 0;
        Play(reader, bytes, cut, message => count += message.WireBytes);
        return count;
    }

    private static void Play(IMessageReader reader, byte[] bytes, (int First, int Next) cut, Action<HeldMessage> see)
    {
        using var _ = reader;
        var rest = bytes.AsSpan();
        for (var length = cut.First; !rest.IsEmpty; length = cut.Next)
        {
            var piece = rest[..Math.Min(length, rest.Length)];
            rest = rest[piece.Length..];
            reader.Append(piece);
            while (reader.TryRead(out var message))
            {
                see(message);
            }
        }
    }

    private static byte[] Envelope(byte flags, ReadOnlySpan<byte> payload) =>
        [flags, 0, (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];

    private static byte[] Gzip(ReadOnlySpan<byte> bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }
}
