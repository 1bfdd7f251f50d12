using System.Text;
using AktoDivert.Proxy.Relay.Http2;
using AktoDivert.Proxy.Relay.Http2.Hpack;

namespace AktoDivert.Fuzz.Targets.Gates;

/// <summary>
/// What one direction of an HTTP/2 connection says, stream by stream, however it is framed: fields, body, end, reset. Frames of other kinds,
/// those of the connection among them, stand under the complement of their stream's id. Credit is left out: the gate lends and pays back.
/// </summary>
internal sealed class Http2Story
{
    public const char Begin = '\u0001';
    public const string Reset = "\u0001reset ";
    private const string End = "\u0001end\n";

    private readonly Dictionary<int, StringBuilder> _streams = [];
    private readonly HpackDecoder _decoder = new() { SizeLimit = HpackDecoder.MaxTableSize };
    private readonly List<byte> _block = [];

    private Http2Story()
    {
    }

    /// <summary>Whether every header block could be decoded.</summary>
    public bool IsReadable { get; private set; } = true;

    /// <summary>The streams' ids.</summary>
    public IReadOnlyCollection<int> Streams => _streams.Keys;

    /// <summary>What a stream says.</summary>
    public string this[int stream] => _streams.TryGetValue(stream, out var text) ? text.ToString() : "";

    /// <summary>Reads whole frames, up to one that is not whole.</summary>
    /// <param name="bytes">The direction.</param>
    /// <param name="hasPreface">Whether the client's preface comes first.</param>
    public static Http2Story Read(ReadOnlySpan<byte> bytes, bool hasPreface)
    {
        var story = new Http2Story();
        bytes = bytes[(hasPreface ? Math.Min(24, bytes.Length) : 0)..];
        while (bytes.Length >= Http2FrameHeader.Size && story.IsReadable)
        {
            var header = Http2FrameHeader.Read(bytes);
            if (bytes.Length < Http2FrameHeader.Size + header.Length)
            {
                break;
            }

            story.Add(header, bytes.Slice(Http2FrameHeader.Size, header.Length));
            bytes = bytes[(Http2FrameHeader.Size + header.Length)..];
        }

        story._decoder.Release();
        return story;
    }

    private void Add(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Padded)
        {
            if (payload.IsEmpty || payload[0] >= payload.Length)
            {
                IsReadable = false;
                return;
            }

            payload = payload[1..^payload[0]];
        }

        var text = Text(header.StreamId);
        switch (header.Type)
        {
            case Http2FrameType.Data:
                text.Append(Encoding.Latin1.GetString(payload)).Append(header.EndStream ? End : "");
                break;
            case Http2FrameType.Headers or Http2FrameType.PushPromise:
                var prefix = header.Type == Http2FrameType.PushPromise ? 4 : header.HasPriority ? 5 : 0;
                if (payload.Length < prefix)
                {
                    IsReadable = false;
                    return;
                }

                text.Append(Begin).Append(header.Type).Append(' ').Append(Convert.ToHexString(payload[..prefix])).Append('\n');
                Fields(text, header, payload[prefix..]);
                text.Append(header.EndStream && header.Type == Http2FrameType.Headers ? End : "");
                break;
            case Http2FrameType.Continuation:
                Fields(text, header, payload);
                break;
            case Http2FrameType.RstStream:
                text.Append(Reset).Append(Convert.ToHexString(payload)).Append('\n');
                break;
            case Http2FrameType.WindowUpdate:
                break;
            default:
                // Priorities and extensions may overtake what waits of their stream.
                Text(~header.StreamId).Append(Begin).Append(header.Type).Append(header.Flags).Append(' ').Append(Convert.ToHexString(payload)).Append('\n');
                break;
        }
    }

    private void Fields(StringBuilder text, Http2FrameHeader header, ReadOnlySpan<byte> fragment)
    {
        _block.AddRange(fragment);
        if (!header.EndHeaders)
        {
            return;
        }

        var visitor = new Visitor(text);
        IsReadable = _decoder.Decode([.. _block], ref visitor) == HpackStatus.Ok;
        _block.Clear();
    }

    private StringBuilder Text(int stream)
    {
        if (!_streams.TryGetValue(stream, out var text))
        {
            _streams[stream] = text = new();
        }

        return text;
    }

    private readonly struct Visitor(StringBuilder text) : IHpackVisitor
    {
        public void Field(in HpackField field) =>
            text.Append(Encoding.Latin1.GetString(field.Name)).Append('=').Append(Encoding.Latin1.GetString(field.Value)).Append('\n');

        public void SizeUpdate(int size)
        {
        }
    }
}
