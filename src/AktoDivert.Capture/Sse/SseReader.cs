using System.Buffers;
using System.Text;

namespace AktoDivert.Capture.Sse;

/// <summary>
/// Reads text/event-stream (WHATWG HTML section 9.2.6) from chunks cut anywhere: LF, CR or CRLF line ends, one leading BOM, comments,
/// data of several lines. Events longer than a limit are skipped and counted. Not thread-safe.
/// </summary>
internal sealed class SseReader(int maxEventBytes = 8 << 20)
{
    private static ReadOnlySpan<byte> Bom => [0xef, 0xbb, 0xbf];

    private readonly ArrayBufferWriter<byte> _line = new(256);
    private readonly ArrayBufferWriter<byte> _data = new(1024);
    private readonly Queue<SseEvent> _ready = new();
    private string _name = "";
    private bool _hasData;
    private bool _firstLine = true;
    private bool _skipLineFeed;
    private bool _tooLong;
    private bool _lineGivenUp;

    /// <summary>Events left out because they were longer than the limit.</summary>
    public int Skipped { get; private set; }

    /// <summary>Whether the bytes so far end within an event.</summary>
    public bool IsWithinEvent => _line.WrittenCount > 0 || _hasData || _tooLong;

    /// <summary>Takes the next whole event.</summary>
    public bool TryRead(out SseEvent next) => _ready.TryDequeue(out next);

    /// <summary>Adds bytes of the stream.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (bytes[0] == '\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
            {
                Hold(bytes);
                return;
            }

            _skipLineFeed = bytes[end] == '\r';
            if (_line.WrittenCount == 0 && !_lineGivenUp)
            {
                Line(bytes[..end]);
            }
            else
            {
                Hold(bytes[..end]);
                EndHeldLine();
            }

            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>
    /// Gives out an event that the end of the stream cut short of its empty line. A browser discards it; a record keeps what was sent.
    /// </summary>
    public void Finish()
    {
        if (_line.WrittenCount > 0)
        {
            EndHeldLine();
        }

        Dispatch();
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (_lineGivenUp || _line.WrittenCount + _data.WrittenCount + bytes.Length > maxEventBytes)
        {
            _tooLong = true;
            _lineGivenUp = true;
            return;
        }

        _line.Write(bytes);
    }

    private void EndHeldLine()
    {
        if (!_lineGivenUp)
        {
            Line(_line.WrittenSpan);
        }

        _line.ResetWrittenCount();
        _lineGivenUp = false;
    }

    private void Line(ReadOnlySpan<byte> line)
    {
        if (_firstLine)
        {
            _firstLine = false;
            line = line.StartsWith(Bom) ? line[Bom.Length..] : line;
        }

        if (line.IsEmpty)
        {
            Dispatch();
            return;
        }

        var colon = line.IndexOf((byte)':');
        var field = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : line[(colon + 1)..];
        if (!value.IsEmpty && value[0] == ' ')
        {
            value = value[1..];
        }

        if (field.SequenceEqual("data"u8))
        {
            AddData(value);
        }
        else if (field.SequenceEqual("event"u8))
        {
            _name = value.Length <= 256 ? Encoding.UTF8.GetString(value) : "";
        }
    }

    private void AddData(ReadOnlySpan<byte> value)
    {
        if (_tooLong || _data.WrittenCount + value.Length + 1 > maxEventBytes)
        {
            _tooLong = true;
            return;
        }

        if (_hasData)
        {
            _data.Write("\n"u8);
        }

        _data.Write(value);
        _hasData = true;
    }

    private void Dispatch()
    {
        if (_tooLong)
        {
            Skipped++;
        }
        else if (_hasData)
        {
            _ready.Enqueue(new SseEvent(_name.Length == 0 ? "message" : _name, _data.WrittenSpan.ToArray()));
        }

        _data.ResetWrittenCount();
        _name = "";
        _hasData = false;
        _tooLong = false;
    }
}
