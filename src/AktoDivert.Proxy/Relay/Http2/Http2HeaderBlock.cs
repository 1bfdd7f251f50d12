using System.Buffers;

namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>
/// Joins the fragments of one header block: HEADERS or PUSH_PROMISE with their CONTINUATION frames (RFC 9113 section 4.3).
/// </summary>
internal sealed class Http2HeaderBlock
{
    /// <summary>
    /// Most bytes of a block as encoded. Servers in use refuse 16 to 128 KiB; more is an attack (a CONTINUATION flood) or not HTTP/2.
    /// </summary>
    public const int MaxBytes = 256 * 1024;

    private byte[] _bytes = [];
    private int _used;
    private int _prefixLeft;

    /// <summary>Whether a block was begun and not ended: only CONTINUATION of the same stream may follow.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The frame that began the block.</summary>
    public Http2FrameHeader First { get; private set; }

    /// <summary>The block so far, without priority or promised stream id.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _used);

    /// <summary>Whether the fields before the block are complete.</summary>
    public bool HasPrefix => _prefixLeft == 0;

    /// <summary>Begins a block with its HEADERS or PUSH_PROMISE frame.</summary>
    public void Begin(Http2FrameHeader first)
    {
        First = first;
        IsOpen = true;
        _prefixLeft = first.Type == Http2FrameType.PushPromise ? 4 : first.HasPriority ? 5 : 0;
    }

    /// <summary>Adds content of a frame of the block; false when it exceeds <see cref="MaxBytes"/>.</summary>
    public bool TryAppend(ReadOnlySpan<byte> content)
    {
        var skipped = Math.Min(_prefixLeft, content.Length);
        _prefixLeft -= skipped;
        content = content[skipped..];
        if (content.Length > MaxBytes - _used)
        {
            return false;
        }

        if (_bytes.Length - _used < content.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(1024, 2 * (_used + content.Length)));
            Bytes.CopyTo(larger);
            ReturnBytes();
            _bytes = larger;
        }

        content.CopyTo(_bytes.AsSpan(_used));
        _used += content.Length;
        return true;
    }

    /// <summary>Ends the block and gives its buffer back.</summary>
    public void End()
    {
        ReturnBytes();
        (IsOpen, _bytes, _used) = (false, [], 0);
    }

    private void ReturnBytes()
    {
        // Fields hold cookies and tokens; the pool must not hand them on.
        _bytes.AsSpan(0, _used).Clear();
        ArrayPool<byte>.Shared.Return(_bytes);
    }
}
