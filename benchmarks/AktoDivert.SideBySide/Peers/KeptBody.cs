using System.Buffers;

namespace AktoDivert.SideBySide.Peers;

/// <summary>The first bytes of a body in a pooled buffer.</summary>
internal sealed class KeptBody(int limit) : IDisposable
{
    private byte[] _kept = [];
    private int _length;

    /// <summary>Keeps what there is still room for.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, limit - _length)];
        if (_length + bytes.Length > _kept.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, (_length + bytes.Length) * 2));
            _kept.AsSpan(0, _length).CopyTo(larger);
            Dispose();
            _kept = larger;
        }

        bytes.CopyTo(_kept.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_kept.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_kept);
            _kept = [];
        }
    }
}
