using System.Buffers.Binary;
using AktoDivert.Proxy.Relay.Gates;
using AktoDivert.Proxy.Relay.Http2.Hpack;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>
/// The gate of an HTTP/2 connection: reads whole frames of both directions and decides what of each stream passes, waits, is replaced or
/// answered. What is not touched passes byte for byte; other streams go on while one waits.
/// </summary>
/// <remarks>
/// One lock covers the connection. Verdicts are made outside of it and look their stream up again when they arrive. Nothing is awaited under
/// it, and no pump waits for the other direction's writes.
/// </remarks>
internal sealed class Http2Gate : IConnectionGate
{
    // What one direction makes the other write (credits, answers) may pile up that far when the other side does not read.
    private const int MaxCrossBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly GateContext _context;
    private readonly Http2GateSide _up;
    private readonly Http2GateSide _down;
    private readonly Http2FrameAssembler _upFrames = new();
    private readonly Http2FrameAssembler _downFrames = new();
    private readonly Http2GateStreams _streams;
    private int _prefaceUsed;

    public Http2Gate(GateContext context, GateOutput up, GateOutput down)
    {
        _context = context;
        _up = new(RelayDirection.Up, up) { Emptied = stream => _streams!.CloseIfOver(stream) };
        _down = new(RelayDirection.Down, down) { Emptied = stream => _streams!.CloseIfOver(stream) };
        (_up.Other, _down.Other) = (_down, _up);
        _streams = new(context, _lock, _up, _down, Flush);
    }

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <inheritdoc />
    public async ValueTask<bool> PassAsync(RelayDirection direction, ReadOnlyMemory<byte> bytes)
    {
        var side = Side(direction);
        lock (_lock)
        {
            Read(side, bytes.Span);
        }

        await FlushAsync(side);
        return true;
    }

    /// <inheritdoc />
    public async ValueTask EndAsync(RelayDirection direction)
    {
        if (direction == RelayDirection.Up)
        {
            await _streams.FinishUpAsync();
        }

        await FlushAsync(Side(direction));
    }

    /// <summary>Completes when the verdicts asked for so far are carried out.</summary>
    public Task WhenJudgedAsync() => _streams.WhenJudgedAsync();

    /// <summary>
    /// Whether the ledgers hold what the queues hold: bytes counted as held are those that wait, of each stream and of the connection.
    /// </summary>
    public bool IsBalanced()
    {
        lock (_lock)
        {
            return IsBalanced(_up) && IsBalanced(_down);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_lock)
        {
            _streams.Dispose();
            _up.Hpack.Release();
            _down.Hpack.Release();
        }
    }

    private Http2GateSide Side(RelayDirection direction) => direction == RelayDirection.Up ? _up : _down;

    private bool IsBalanced(Http2GateSide side)
    {
        var waiting = 0L;
        foreach (var stream in _streams.All)
        {
            var queue = stream.Queue(side.Direction);
            waiting += queue.Payload + queue.Credits;
            if (stream.Window(side.Direction).Held != queue.Payload + queue.Credits)
            {
                return false;
            }
        }

        return side.Connection.Held == waiting;
    }

    private static async ValueTask FlushAsync(Http2GateSide side)
    {
        var own = side.Output.FlushAsync();
        var other = Observed(side.Other.Output.FlushAsync());
        await own;
        if (side.Other.Output.Waiting > MaxCrossBytes)
        {
            await other;
        }
    }

    private void Flush()
    {
        Observed(_up.Output.FlushAsync());
        Observed(_down.Output.FlushAsync());
    }

    // A target that is gone is reported by the pump that writes to it.
    private static Task Observed(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = task.ContinueWith(static t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        return task;
    }

    private void Read(Http2GateSide side, ReadOnlySpan<byte> bytes)
    {
        if (side == _up && _prefaceUsed < Preface.Length)
        {
            var part = bytes[..Math.Min(Preface.Length - _prefaceUsed, bytes.Length)];
            if (!Preface[_prefaceUsed..].StartsWith(part))
            {
                throw new GateException("http2-preface", "the HTTP/2 connection preface is missing");
            }

            _prefaceUsed += part.Length;
            bytes = bytes[part.Length..];
            side.WritePreface(part);
        }

        var frames = side == _up ? _upFrames : _downFrames;
        while (frames.TryRead(ref bytes, side.MaxFrame, out var header, out var frame))
        {
            ReadFrame(side, header, frame);
        }
    }

    private void ReadFrame(Http2GateSide side, Http2FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var isBlock = header.Type is Http2FrameType.Headers or Http2FrameType.PushPromise;
        if (side.Block.IsOpen != (header.Type == Http2FrameType.Continuation)
            || (side.Block.IsOpen && header.StreamId != side.Block.First.StreamId)
            || (side == _up && header.Type == Http2FrameType.PushPromise)
            || (header.StreamId == 0 && (isBlock || header.Type is Http2FrameType.Data or Http2FrameType.RstStream)))
        {
            throw new GateException("http2-frame", "an HTTP/2 frame breaks the framing rules");
        }

        if (!side.Started && (header.Type != Http2FrameType.Settings || header.StreamId != 0 || header.Ack))
        {
            throw new GateException("http2-preface", "an HTTP/2 connection does not begin with SETTINGS");
        }

        switch (header.Type)
        {
            case Http2FrameType.Data:
                _streams.Data(side, header, frame);
                break;
            case Http2FrameType.Headers or Http2FrameType.PushPromise or Http2FrameType.Continuation:
                if (side.Block.Add(header, frame))
                {
                    ReadBlock(side);
                }

                break;
            case Http2FrameType.RstStream:
                _streams.Reset(side, header.StreamId, frame);
                break;
            case Http2FrameType.Settings when header.StreamId == 0:
                ReadSettings(side, header, frame);
                break;
            case Http2FrameType.WindowUpdate when header.Length == sizeof(uint):
                var count = BinaryPrimitives.ReadUInt32BigEndian(frame[Http2FrameHeader.Size..]) & 0x7fff_ffff;
                if (header.StreamId == 0)
                {
                    ForwardCredit(side, frame, side.Other.Connection.Granted(count), count);
                    side.Other.Drain();
                }
                else
                {
                    _streams.WindowUpdate(side, header.StreamId, count, frame);
                }

                break;
            default:
                side.Write(frame);
                break;
        }
    }

    /// <summary>Tells a source of credit: with the sink's own frame when it is all of it.</summary>
    internal static void ForwardCredit(Http2GateSide side, ReadOnlySpan<byte> frame, long forward, long count)
    {
        if (forward == count)
        {
            side.Write(frame);
        }
        else if (forward > 0)
        {
            side.WriteControl(Http2FrameType.WindowUpdate, Http2FrameHeader.Read(frame).StreamId, (uint)forward);
        }
    }

    private void ReadBlock(Http2GateSide side)
    {
        if (side.Hpack.Read(side.Block.Bytes) != HpackStatus.Ok)
        {
            throw new GateException("hpack", "an HTTP/2 header block does not decode");
        }

        if (side.Block.First.Type == Http2FrameType.PushPromise)
        {
            if (side == _down)
            {
                _streams.Promise((int)(BinaryPrimitives.ReadUInt32BigEndian(side.Block.Prefix) & 0x7fff_ffff));
            }

            _streams.Forward(side);
            return;
        }

        _streams.Headers(side);
    }

    private void ReadSettings(Http2GateSide side, Http2FrameHeader header, ReadOnlySpan<byte> frame)
    {
        if (header.Ack)
        {
            if (!side.Other.Settings.TryAcknowledge(side.Hpack.Decoder))
            {
                throw new GateException("http2-settings", "HTTP/2 settings were acknowledged that nobody sent");
            }

            side.Write(frame);
            side.SourceAcknowledged(_streams.All);
            return;
        }

        var payload = frame[Http2FrameHeader.Size..];
        int? initialWindow = null;
        int? tableSize = null;
        for (var rest = payload; rest.Length >= 6; rest = rest[6..])
        {
            var value = (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(rest[2..]));
            switch (BinaryPrimitives.ReadUInt16BigEndian(rest))
            {
                case 1:
                    tableSize = value;
                    break;
                case 4:
                    initialWindow = value;
                    break;
                case 5:
                    side.Other.MaxFrame = Math.Clamp(value, side.Other.MaxFrame, (1 << 24) - 1);
                    break;
            }
        }

        side.Settings.Begin();
        side.Settings.Append(payload);
        if (!side.Settings.TryEnd(side.Other.Hpack.Decoder))
        {
            throw new GateException("http2-settings", "HTTP/2 settings are malformed, or too many are not acknowledged");
        }

        side.Other.SinkAnnounced(initialWindow, tableSize);
        if (side.Started)
        {
            side.Write(frame);
        }
        else
        {
            side.Start(frame);
        }
    }
}
