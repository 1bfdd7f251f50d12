using System.Buffers;
using System.Globalization;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>A request as it came, with the places where its body stands.</summary>
internal sealed class HeldRequest
{
    private readonly List<(int Start, int Length)> _body = [];
    private ArrayBufferWriter<byte> _raw = new();
    private byte[] _trailers = [];
    private int _headLength;

    /// <summary>Bytes as they came.</summary>
    public ReadOnlySpan<byte> Raw => _raw.WrittenSpan;

    public int Length => _raw.WrittenCount;

    public bool IsChunked { get; private set; }

    /// <summary>Adds bytes as they came, of which the last <paramref name="bodyLength"/> are body.</summary>
    public void Add(ReadOnlySpan<byte> raw, int bodyLength)
    {
        if (bodyLength > 0)
        {
            _body.Add((_raw.WrittenCount + raw.Length - bodyLength, bodyLength));
        }

        _raw.Write(raw);
    }

    /// <summary>The head has just been added.</summary>
    public void HeadEnded(bool isChunked) => (_headLength, IsChunked) = (_raw.WrittenCount, isChunked);

    /// <summary>The trailer section has just been added.</summary>
    public void TrailersEnded(ReadOnlySpan<byte> trailers) => _trailers = trailers.ToArray();

    /// <summary>The body without framing.</summary>
    public byte[] CopyBody()
    {
        var body = new byte[_body.Sum(static b => b.Length)];
        var at = 0;
        foreach (var (start, length) in _body)
        {
            Raw.Slice(start, length).CopyTo(body.AsSpan(at));
            at += length;
        }

        return body;
    }

    /// <summary>The request with another body: of the same length in its place, else framed anew.</summary>
    /// <param name="body">The body as it goes over the wire.</param>
    /// <param name="coded">Whether it has the content coding that the head says.</param>
    public byte[] With(ReadOnlySpan<byte> body, bool coded)
    {
        if (coded && body.Length == _body.Sum(static b => b.Length))
        {
            var same = Raw.ToArray();
            foreach (var (start, length) in _body)
            {
                body[..length].CopyTo(same.AsSpan(start));
                body = body[length..];
            }

            return same;
        }

        var target = new ArrayBufferWriter<byte>(_headLength + body.Length + 64);
        var length10 = body.Length.ToString(CultureInfo.InvariantCulture);
        target.Write(Http1Head.Edit(
            Raw[.._headLength],
            name => (!IsChunked && Http1Names.IsContentLength(name)) || (!coded && Http1Names.IsContentEncoding(name)),
            IsChunked ? "" : "Content-Length: " + length10));
        if (!IsChunked)
        {
            target.Write(body);
            return target.WrittenSpan.ToArray();
        }

        Http1Chunks.Write(target, body);
        target.Write("0\r\n"u8);
        target.Write(_trailers);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Makes it empty for the next request.</summary>
    public void Clear()
    {
        _body.Clear();
        _trailers = [];
        (_headLength, IsChunked) = (0, false);
        if (_raw.Capacity > 256 * 1024)
        {
            _raw = new();
        }
        else
        {
            _raw.Clear();
        }
    }
}
