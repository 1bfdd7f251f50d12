using System.Buffers;
using System.Buffers.Binary;
using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Relay.Http2.Hpack;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>
/// One direction of a guarded connection, named by its source: what came from there, what its sink lets us send, and what waits. All
/// methods are called under the connection's lock.
/// </summary>
/// <remarks>
/// Every DATA frame is checked against the sink's windows, also those of streams that were never held: credit lent to the source may let it
/// send more than the sink granted.
/// </remarks>
internal sealed class Http2GateSide(RelayDirection direction, GateOutput output)
{
    /// <summary>Frames of our own are at most that long, which every peer accepts (RFC 9113 section 4.2).</summary>
    private const int MaxOwnFrame = 16 * 1024;

    /// <summary>A source whose window is larger needs no credit yet.</summary>
    private const long LowWindow = 32 * 1024;

    private readonly List<Http2GateStream> _ready = [];
    private readonly Queue<(int? InitialWindow, int? TableSize)> _sinkSettings = new();
    private readonly ArrayBufferWriter<byte> _early = new();
    private readonly ArrayBufferWriter<byte> _frame = new(1024);

    /// <summary>From app to server, or back.</summary>
    public RelayDirection Direction => direction;

    /// <summary>The other direction.</summary>
    public Http2GateSide Other { get; set; } = null!;

    /// <summary>What goes to the sink.</summary>
    public GateOutput Output => output;

    /// <summary>The connection's window.</summary>
    public FlowWindow Connection { get; } = new(65535);

    /// <summary>Window that the sink gives new streams, as the source has acknowledged it.</summary>
    public int InitialWindow { get; private set; } = 65535;

    /// <summary>The blocks that the source sends.</summary>
    public HpackPatcher Hpack { get; } = new();

    /// <summary>The settings that the source announces; they bind the other direction's blocks.</summary>
    public Http2Settings Settings { get; } = new();

    /// <summary>The block being read.</summary>
    public Http2GateBlock Block { get; } = new();

    /// <summary>Whether the source's first SETTINGS passed: nothing may precede it (RFC 9113 section 3.4).</summary>
    public bool Started { get; private set; }

    /// <summary>Longest frame that the sink accepts, as far as it said so.</summary>
    public int MaxFrame { get; set; } = 16 * 1024;

    /// <summary>Called when a stream has nothing left to send.</summary>
    public Action<Http2GateStream> Emptied { get; init; } = static _ => { };

    /// <summary>Bytes of all streams that wait for verdicts.</summary>
    public long Judged => _ready.Sum(s => s.Queue(direction).Judged);

    /// <summary>Whether nothing waits to be sent.</summary>
    public bool IsDrained => _ready.Count == 0;

    /// <summary>Puts bytes on their way to the sink.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (Started)
        {
            output.Write(bytes);
        }
        else
        {
            _early.Write(bytes);
        }
    }

    /// <summary>Passes the connection's first SETTINGS, then what had to wait for it.</summary>
    public void Start(ReadOnlySpan<byte> settings)
    {
        Started = true;
        output.Write(settings);
        output.Write(_early.WrittenSpan);
        _early.ResetWrittenCount();
    }

    /// <summary>Passes bytes that may come before SETTINGS: the client's preface.</summary>
    public void WritePreface(ReadOnlySpan<byte> preface) => output.Write(preface);

    /// <summary>Writes a frame with a payload of one 32-bit number.</summary>
    public void WriteControl(Http2FrameType type, int streamId, uint value)
    {
        Span<byte> frame = stackalloc byte[Http2FrameHeader.Size + sizeof(uint)];
        WriteHeader(frame, sizeof(uint), type, 0, streamId);
        BinaryPrimitives.WriteUInt32BigEndian(frame[Http2FrameHeader.Size..], value);
        Write(frame);
    }

    /// <summary>Writes a header block as HEADERS and as many CONTINUATION frames as it takes.</summary>
    public void WriteHeaders(int streamId, ReadOnlySpan<byte> block, bool endStream) =>
        WriteBlock(Http2FrameType.Headers, streamId, block, endStream ? 0x01 : 0, default);

    /// <summary>Writes the block just read in other words, with its frame's kind, prefix and END_STREAM.</summary>
    public void WriteInstead(ReadOnlySpan<byte> block)
    {
        var first = Block.First;
        var kept = first.Type == Http2FrameType.Headers ? first.Flags & 0x21 : 0;
        WriteBlock(first.Type, first.StreamId, block, kept, Block.Prefix);
    }

    /// <summary>Writes a frame.</summary>
    public void WriteFrame(
        Http2FrameType type, byte flags, int streamId, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> payload)
    {
        _frame.ResetWrittenCount();
        WriteHeader(_frame.GetSpan(Http2FrameHeader.Size), prefix.Length + payload.Length, type, flags, streamId);
        _frame.Advance(Http2FrameHeader.Size);
        _frame.Write(prefix);
        _frame.Write(payload);
        Write(_frame.WrittenSpan);
    }

    /// <summary>The sink announced settings that the source has not acknowledged yet.</summary>
    public void SinkAnnounced(int? initialWindow, int? tableSize) => _sinkSettings.Enqueue((initialWindow, tableSize));

    /// <summary>
    /// The source acknowledged the sink's oldest settings, and its ACK was written: what uses the new window must follow it.
    /// </summary>
    public void SourceAcknowledged(IEnumerable<Http2GateStream> streams)
    {
        if (!_sinkSettings.TryDequeue(out var settings))
        {
            return;
        }

        if (settings.TableSize is { } size && size < Hpack.Decoder.Table.MaxSize)
        {
            Hpack.OwedSize = size;
        }

        if (settings.InitialWindow is { } window)
        {
            foreach (var stream in streams)
            {
                stream.Window(direction).Shift(window - InitialWindow);
            }

            InitialWindow = window;
            foreach (var stream in streams)
            {
                Lend(stream);
            }

            Drain();
        }
    }

    /// <summary>Tells the source that it may send more.</summary>
    public void Grant(FlowWindow window, int streamId, long count)
    {
        if (count > 0)
        {
            window.Grant(count);
            Other.WriteControl(Http2FrameType.WindowUpdate, streamId, (uint)count);
        }
    }

    /// <summary>
    /// Bytes of the connection's window never reach the sink. They pay back what was lent, so that the source may be left without credit though
    /// other streams still wait for more of their bytes: then it is lent anew.
    /// </summary>
    public void DropFromConnection(long count)
    {
        Grant(Connection, 0, Connection.Drop(count));
        LendToConnection();
    }

    /// <summary>Bytes of a stream never reach the sink.</summary>
    public void Drop(Http2GateStream stream, long count)
    {
        DropFromConnection(count);
        var window = stream.Window(direction);
        var owed = window.Drop(count);
        if (!stream.Ended(direction))
        {
            Grant(window, stream.Id, owed);
        }
    }

    /// <summary>
    /// Gives a source that could not go on the credit to send what a verdict needs, so that small windows and held bytes cannot wait for
    /// each other. Only against bytes that wait for a verdict: a slow sink still slows its source.
    /// </summary>
    public void Lend(Http2GateStream stream)
    {
        var queue = stream.Queue(direction);
        if (queue.Judged == 0)
        {
            return;
        }

        LendToConnection();
        var window = stream.Window(direction);
        if (!stream.Ended(direction) && window.Source <= Math.Min(LowWindow, InitialWindow / 2))
        {
            Grant(window, stream.Id, queue.Judged - window.Debt);
        }
    }

    /// <summary>Sends a DATA frame of the source, or queues it behind what waits.</summary>
    public void Put(Http2GateStream stream, ReadOnlySpan<byte> frame, bool endStream)
    {
        var queue = stream.Queue(direction);
        var count = frame.Length - Http2FrameHeader.Size;
        if (queue is { IsEmpty: true, Stopped: false, Allowed: HeldQueue.All } && Fits(stream, count))
        {
            Sent(stream, count);
            Write(frame);
            return;
        }

        Enqueue(stream, HeldFrame.Data(frame, endStream));
        Drain();
    }

    /// <summary>Queues a frame whose bytes are in the ledger already.</summary>
    public void Enqueue(Http2GateStream stream, HeldFrame frame)
    {
        var queue = stream.Queue(direction);
        queue.Enqueue(frame);
        if (!queue.Listed)
        {
            queue.Listed = true;
            _ready.Add(stream);
        }
    }

    /// <summary>Queues DATA of our own; always the last frame of a stream or followed by more.</summary>
    public void Inject(Http2GateStream stream, ReadOnlySpan<byte> body, bool endStream)
    {
        Connection.Inject(body.Length);
        stream.Window(direction).Inject(body.Length);
        do
        {
            var part = body[..Math.Min(body.Length, MaxOwnFrame)];
            body = body[part.Length..];
            Enqueue(stream, HeldFrame.Data(Frame(stream.Id, part, endStream && body.IsEmpty), endStream && body.IsEmpty));
        }
        while (!body.IsEmpty);
    }

    /// <summary>
    /// Puts other bytes in the place of those behind what is allowed, and lets them pass. The frames around are built anew; END_STREAM stays.
    /// </summary>
    public void Splice(Http2GateStream stream, long remove, ReadOnlySpan<byte> insert)
    {
        var queue = stream.Queue(direction);
        var skip = Math.Min(queue.Allowed, queue.Body);
        var bounded = queue.Allowed < HeldQueue.All / 2;
        var inserted = false;
        foreach (var frame in queue.TakeAll())
        {
            if (frame.IsHeaders || frame.Credit > 0)
            {
                inserted |= InsertAt(stream, insert, inserted || skip > 0);
                Enqueue(stream, frame);
                continue;
            }

            var body = frame.Body;
            var before = body[..(int)Math.Min(skip, body.Length)];
            skip -= before.Length;
            body = body[before.Length..];
            var removed = body[..(int)Math.Min(remove, body.Length)];
            remove -= skip == 0 ? removed.Length : 0;
            var after = body[removed.Length..];
            Drop(stream, frame.StripPadding() + removed.Length);
            Requeue(stream, before);
            if (skip == 0 && remove == 0 && !inserted)
            {
                inserted = InsertAt(stream, insert, false);
            }

            Requeue(stream, after);
            if (frame.EndStream)
            {
                Enqueue(stream, HeldFrame.Data(Frame(stream.Id, [], true), true));
            }
        }

        InsertAt(stream, insert, inserted);
        if (bounded)
        {
            queue.Allowed += insert.Length;
        }
    }

    /// <summary>Drops all that waits of a stream, whose source needs no credit for it any more.</summary>
    public void DropQueue(Http2GateStream stream)
    {
        var queue = stream.Queue(direction);
        var (payload, credits) = queue.Clear();
        if (payload + credits > 0)
        {
            DropFromConnection(payload + credits);
            stream.Window(direction).Forget(payload + credits);
        }

        queue.Listed = false;
        _ready.Remove(stream);
    }

    /// <summary>Sends what may pass, stream by stream in turn.</summary>
    public void Drain()
    {
        for (var progress = true; progress && _ready.Count > 0;)
        {
            progress = false;
            for (var i = 0; i < _ready.Count; i++)
            {
                var stream = _ready[i];
                progress |= SendNext(stream);
                if (stream.Queue(direction).IsEmpty)
                {
                    stream.Queue(direction).Listed = false;
                    _ready.RemoveAt(i--);
                    Emptied(stream);
                }
            }
        }
    }

    private static byte[] Frame(int streamId, ReadOnlySpan<byte> body, bool endStream)
    {
        var frame = new byte[Http2FrameHeader.Size + body.Length];
        WriteHeader(frame, body.Length, Http2FrameType.Data, endStream ? (byte)0x01 : (byte)0, streamId);
        body.CopyTo(frame.AsSpan(Http2FrameHeader.Size));
        return frame;
    }

    private static void WriteHeader(Span<byte> target, int length, Http2FrameType type, byte flags, int streamId)
    {
        target[0] = (byte)(length >> 16);
        target[1] = (byte)(length >> 8);
        target[2] = (byte)length;
        target[3] = (byte)type;
        target[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(target[5..], streamId);
    }

    private void WriteBlock(Http2FrameType type, int streamId, ReadOnlySpan<byte> block, int flags, ReadOnlySpan<byte> prefix)
    {
        do
        {
            var fragment = block[..Math.Min(block.Length, MaxOwnFrame - prefix.Length)];
            block = block[fragment.Length..];
            WriteFrame(type, (byte)(flags | (block.IsEmpty ? 0x04 : 0)), streamId, prefix, fragment);
            (type, flags) = (Http2FrameType.Continuation, 0);
            prefix = default;
        }
        while (!block.IsEmpty);
    }

    private bool InsertAt(Http2GateStream stream, ReadOnlySpan<byte> insert, bool done)
    {
        if (!done && !insert.IsEmpty)
        {
            Inject(stream, insert, false);
        }

        return !done;
    }

    private void Requeue(Http2GateStream stream, ReadOnlySpan<byte> body)
    {
        if (!body.IsEmpty)
        {
            Enqueue(stream, HeldFrame.Data(Frame(stream.Id, body, false), false));
        }
    }

    private bool Fits(Http2GateStream stream, long count) =>
        count == 0 || (Connection.Sink >= count && stream.Window(direction).Sink >= count);

    private void Sent(Http2GateStream stream, long count)
    {
        Connection.Send(count);
        stream.Window(direction).Send(count);
    }

    private void LendToConnection()
    {
        if (Connection.Source <= LowWindow)
        {
            Grant(Connection, 0, Judged - Connection.Debt);
        }
    }

    /// <summary>Sends one frame's worth of a stream; false when nothing of it may go.</summary>
    private bool SendNext(Http2GateStream stream)
    {
        var queue = stream.Queue(direction);
        if (queue.IsEmpty || queue.Stopped)
        {
            return false;
        }

        var frame = queue.Peek();
        if (frame.IsHeaders)
        {
            queue.Dequeue();
            WriteHeaders(stream.Id, frame.Bytes, frame.EndStream);
            return true;
        }

        if (frame.Credit > 0)
        {
            queue.Dequeue();
            Drop(stream, frame.Credit);
            return true;
        }

        if (frame.IsWhole && frame.Body.Length <= queue.Allowed && Fits(stream, frame.Payload))
        {
            queue.Dequeue();
            queue.Sent(frame.Body.Length, frame.Padding);
            Sent(stream, frame.Payload);
            Write(frame.Bytes);
            return true;
        }

        var count = (int)Math.Min(Math.Min(Connection.Sink, stream.Window(direction).Sink), Math.Min(queue.Allowed, frame.Body.Length));
        if (count <= 0 && frame.Body.Length > 0)
        {
            return false;
        }

        return SendPart(stream, queue, frame, Math.Min(count, MaxOwnFrame));
    }

    private bool SendPart(Http2GateStream stream, HeldQueue queue, HeldFrame frame, int count)
    {
        count = Math.Max(0, count);
        if (frame.Padding > 0)
        {
            var padding = frame.StripPadding();
            queue.Sent(0, padding);
            Drop(stream, padding);
        }

        var last = count == frame.Body.Length;
        WriteFrame(Http2FrameType.Data, last && frame.EndStream ? (byte)0x01 : (byte)0, stream.Id, default, frame.Body[..count]);
        queue.Sent(count, 0);
        frame.Sent += count;
        Sent(stream, count);
        if (last)
        {
            queue.Dequeue();
        }

        return true;
    }
}
