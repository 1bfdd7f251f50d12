namespace AktoDivert.Core.Content;

/// <summary>
/// A stream whose bytes are given to it piece by piece; between pieces it reads as ended. A decompressor that reads again after a later
/// piece goes on where it was, with its window.
/// </summary>
public sealed class FedStream : ForwardOnlyStream
{
    private readonly byte[] _bytes = new byte[1024];
    private int _start;
    private int _end;

    /// <summary>Most bytes one piece may have.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>Bytes that were given and not read.</summary>
    public int Unread => _end - _start;

    /// <summary>Gives the next piece; the one before must have been read.</summary>
    public void Give(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(_bytes);
        (_start, _end) = (0, piece.Length);
    }

    /// <inheritdoc />
    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, Unread);
        _bytes.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }
}
