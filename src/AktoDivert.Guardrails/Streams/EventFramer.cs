using System.Buffers.Binary;
using System.Text;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Streams;

/// <summary>
/// Cuts an answer into its events, whatever the size of the pieces it arrives in. Every byte is in exactly one event, in order. An event may
/// grow to <see cref="MaximumEvent"/>; what is longer comes out in parts that hold no JSON.
/// </summary>
internal sealed class EventFramer(StreamFraming framing)
{
    /// <summary>Most bytes of an event, and of an answer that is judged as a whole.</summary>
    public const int MaximumEvent = 8 * 1024 * 1024;

    private byte[] _pending = [];
    private int _length;
    private int _scanned;
    private int _lineStart;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _isOpaque;

    /// <summary>Bytes of an event that has not ended.</summary>
    public int PendingBytes => _length;

    /// <summary>Whether a part of the answer was not read: an event over the limit, or bytes that are no events.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Takes bytes, and gives the events that end with them.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="last">Whether no more follow: what is pending is an event then.</param>
    /// <param name="events">Receives the events.</param>
    public void Feed(ReadOnlySpan<byte> bytes, bool last, List<StreamEvent> events)
    {
        if (_pending.Length - _length < bytes.Length)
        {
            Array.Resize(ref _pending, Math.Max(_length + bytes.Length, Math.Max(1024, _length * 2)));
        }

        bytes.CopyTo(_pending.AsSpan(_length));
        _length += bytes.Length;
        var start = 0;
        while (EndOfEvent(start) is > 0 and var end)
        {
            events.Add(Make(_pending.AsSpan(start, end - start)));
            start = end;
            (_scanned, _lineStart) = (start, start);
        }

        if (last && start < _length)
        {
            events.Add(Make(_pending.AsSpan(start, _length - start)));
            start = _length;
        }
        else if (_length - start > MaximumEvent)
        {
            IsCut = true;
            events.Add(new StreamEvent(_pending.AsSpan(start, _length - start).ToArray()));
            start = _length;
        }

        _pending.AsSpan(start, _length - start).CopyTo(_pending);
        _length -= start;
        _scanned = Math.Max(0, _scanned - start);
        _lineStart = Math.Max(0, _lineStart - start);
    }

    private int EndOfEvent(int start) => framing switch
    {
        StreamFraming.ServerSentEvents => EndOfBlock(),
        StreamFraming.Lines => EndOfLine(),
        StreamFraming.JsonArray => EndOfElement(),
        StreamFraming.AwsEvents => EndOfFrame(start),
        StreamFraming.Message => start < _length ? _length : 0,
        StreamFraming.Records => EndOfRecord(start),
        _ => 0,
    };

    // An event ends with an empty line; lines end with LF, CR LF or CR (WHATWG HTML, section 9.2.5). A CR at the end may be half a CR LF.
    private int EndOfBlock()
    {
        while (_scanned < _length)
        {
            var at = _pending.AsSpan(_scanned, _length - _scanned).IndexOfAny((byte)'\n', (byte)'\r');
            if (at < 0)
            {
                _scanned = _length;
                return 0;
            }

            at += _scanned;
            var next = at + 1;
            if (_pending[at] == (byte)'\r')
            {
                if (next == _length)
                {
                    _scanned = at;
                    return 0;
                }

                next += _pending[next] == (byte)'\n' ? 1 : 0;
            }

            var isEmpty = at == _lineStart;
            (_scanned, _lineStart) = (next, next);
            if (isEmpty)
            {
                return next;
            }
        }

        return 0;
    }

    private int EndOfLine()
    {
        var at = _pending.AsSpan(_scanned, _length - _scanned).IndexOfAny((byte)'\n', (byte)0x1e);
        if (at < 0)
        {
            _scanned = _length;
            return 0;
        }

        return _scanned + at + 1;
    }

    private int EndOfElement()
    {
        while (_scanned < _length)
        {
            var c = _pending[_scanned++];
            if (_inString)
            {
                (_inString, _escaped) = (_escaped || c != (byte)'"', !_escaped && c == (byte)'\\');
                continue;
            }

            switch (c)
            {
                case (byte)'"':
                    (_inString, _escaped) = (true, false);
                    break;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                case (byte)'}' or (byte)']' when --_depth == 1:
                    return _scanned;
            }
        }

        return 0;
    }

    // Within a string it would be escaped (RFC 8259 section 7). What has no end is over with its message.
    private int EndOfRecord(int start)
    {
        var at = _pending.AsSpan(start, _length - start).IndexOf((byte)0x1e);
        return at >= 0 ? start + at + 1 : start < _length ? _length : 0;
    }

    // Two lengths and a checksum, then headers, payload and checksum (AWS SDK, "event stream encoding").
    private int EndOfFrame(int start)
    {
        if (_isOpaque)
        {
            return start < _length ? _length : 0;
        }

        if (_length - start < 12)
        {
            return 0;
        }

        var prelude = _pending.AsSpan(start, 12);
        var total = BinaryPrimitives.ReadUInt32BigEndian(prelude);
        if (total is < 16 or > MaximumEvent || Crc32.Of(prelude[..8]) != BinaryPrimitives.ReadUInt32BigEndian(prelude[8..]))
        {
            // Not what the media type says: the rest passes unread.
            (_isOpaque, IsCut) = (true, true);
            return _length;
        }

        return total <= (uint)(_length - start) ? start + (int)total : 0;
    }

    private StreamEvent Make(ReadOnlySpan<byte> raw)
    {
        var made = new StreamEvent(raw.ToArray()) { CanMask = framing != StreamFraming.AwsEvents };
        switch (framing)
        {
            case StreamFraming.ServerSentEvents:
                Fields(made);
                break;
            case StreamFraming.AwsEvents:
                Frame(made);
                break;
            default:
                var from = raw.IndexOfAny((byte)'{', (byte)'[');
                if (framing == StreamFraming.JsonArray)
                {
                    from = raw.IndexOf((byte)'{');
                }

                var to = raw.LastIndexOfAny((byte)'}', (byte)']') + 1;
                (made.JsonStart, made.JsonLength) = from < 0 || to <= from ? (0, 0) : (from, to - from);
                break;
        }

        return made;
    }

    private static void Fields(StreamEvent made)
    {
        var raw = made.Raw.AsSpan();
        var data = 0;
        for (var at = 0; at < raw.Length;)
        {
            var length = raw[at..].IndexOfAny((byte)'\n', (byte)'\r');
            length = length < 0 ? raw.Length - at : length;
            var line = raw.Slice(at, length);
            if (line.StartsWith("data:"u8))
            {
                var start = at + 5 + (length > 5 && raw[at + 5] == (byte)' ' ? 1 : 0);
                if (data++ == 0)
                {
                    (made.JsonStart, made.JsonLength) = (start, at + length - start);
                }
                else
                {
                    // The lines of one datum with what stands between: no JSON as it is, and its texts are read as they stand.
                    made.JsonLength = at + length - made.JsonStart;
                }
            }
            else if (line.StartsWith("event:"u8))
            {
                made.Name = Encoding.UTF8.GetString(line[6..]).Trim();
            }

            at += length + 1;
        }
    }

    private static void Frame(StreamEvent made)
    {
        var raw = made.Raw.AsSpan();
        if (raw.Length < 16 || Crc32.Of(raw[..^4]) != BinaryPrimitives.ReadUInt32BigEndian(raw[^4..]))
        {
            return;
        }

        var headers = BinaryPrimitives.ReadUInt32BigEndian(raw[4..]);
        if (headers > (uint)raw.Length - 16)
        {
            return;
        }

        var at = 12;
        var end = 12 + (int)headers;
        while (at < end)
        {
            int name = raw[at];
            if (at + 4 + name > end || raw[at + 1 + name] != 7)
            {
                break;
            }

            var value = BinaryPrimitives.ReadUInt16BigEndian(raw[(at + 2 + name)..]);
            if (at + 4 + name + value > end)
            {
                break;
            }

            if (raw.Slice(at + 1, name).SequenceEqual(":event-type"u8))
            {
                made.Name = Encoding.UTF8.GetString(raw.Slice(at + 4 + name, value));
            }

            at += 4 + name + value;
        }

        (made.JsonStart, made.JsonLength) = (end, raw.Length - 4 - end);
        if (made.Name == "chunk")
        {
            Chunk(made);
        }
    }

    // Bedrock's InvokeModelWithResponseStream: the model's own event, in base64.
    private static void Chunk(StreamEvent made)
    {
        using var tree = JsonTree.Parse(made.Raw.AsMemory(made.JsonStart, made.JsonLength));
        if (tree.Member(tree.Root, "bytes"u8) is var bytes and >= 0 && tree.IsString(bytes))
        {
            made.Decode(made.JsonStart + tree.Start(bytes), tree.Length(bytes));
        }
    }
}
