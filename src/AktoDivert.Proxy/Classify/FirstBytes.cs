using System.Buffers;

namespace AktoDivert.Proxy.Classify;

/// <summary>
/// Bytes that a peer sent before there was anybody to read them, such as an app's before its flow was decided, in a pooled buffer. Nothing is
/// consumed: whoever takes the connection over replays them.
/// </summary>
internal sealed class FirstBytes : IDisposable
{
    private const int InitialSize = 4 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);

    /// <summary>How many bytes were received.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes received. Valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>Room for the next receive; the buffer grows as bytes arrive, never by a length that was announced.</summary>
    public Memory<byte> Free()
    {
        if (Length == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(Length);
    }

    /// <summary>Records that <paramref name="count"/> bytes were received into <see cref="Free"/>.</summary>
    public void Received(int count) => Length += count;

    /// <summary>Copies bytes in that were received elsewhere.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var free = Free().Span;
            var count = Math.Min(free.Length, bytes.Length);
            bytes[..count].CopyTo(free);
            Received(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Gives the buffer back to the pool. May be called more than once.</summary>
    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        Length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
