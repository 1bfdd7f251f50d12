using System.Buffers;
using System.Globalization;
using AktoDivert.Core.Content;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>A request as it came, with the places where its body stands.</summary>
internal sealed class HeldRequest : IDisposable
{
    private readonly List<(int Start, int Length)> _body = [];
    private ByteBuffer _raw = new(int.MaxValue);
    private byte[] _trailers = [];
    private int _headLength;

    /// <summary>Bytes as they came.</summary>
    public ReadOnlySpan<byte> Raw => _raw.Span;

    public int Length => _raw.Length;

    public bool IsChunked { get; private set; }

    /// <summary>Adds bytes as they came, of which the last <paramref name="bodyLength"/> are body.</summary>
    public void Add(ReadOnlySpan<byte> raw, int bodyLength)
    {
        if (bodyLength > 0)
        {
            AddBody(_raw.Length + raw.Length - bodyLength, bodyLength);
        }

        _raw.Append(raw);
    }

    /// <summary>The head has just been added.</summary>
    public void HeadEnded(bool isChunked) => (_headLength, IsChunked) = (_raw.Length, isChunked);

    /// <summary>The trailer section has just been added.</summary>
    public void TrailersEnded(ReadOnlySpan<byte> trailers) => _trailers = trailers.ToArray();

    /// <summary>The body without framing: a copy, or where it stands in one piece the held bytes themselves.</summary>
    public ReadOnlyMemory<byte> Body()
    {
        if (_body is [var (only, count)])
        {
            return _raw.Memory.Slice(only, count);
        }

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

    /// <summary>Leaves its bytes to somebody who may still read them, and goes on with a copy.</summary>
    public void LeaveBytes()
    {
        var copy = new ByteBuffer(int.MaxValue);
        copy.Append(Raw);
        _raw = copy;
    }

    /// <summary>Makes it empty for the next request.</summary>
    public void Clear()
    {
        _body.Clear();
        _trailers = [];
        (_headLength, IsChunked) = (0, false);
        _raw.Dispose();
    }

    /// <inheritdoc />
    public void Dispose() => _raw.Dispose();

    private void AddBody(int start, int length)
    {
        if (_body is [.., var last] && last.Start + last.Length == start)
        {
            _body[^1] = (last.Start, last.Length + length);
        }
        else
        {
            _body.Add((start, length));
        }
    }
}
