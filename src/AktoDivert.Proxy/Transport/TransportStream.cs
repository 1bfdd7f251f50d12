using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AktoDivert.Proxy.Classify;

namespace AktoDivert.Proxy.Transport;

/// <summary>
/// The byte stream under a TLS layer. It replays bytes that were received before the layer existed, and remembers two things that
/// <see cref="System.Net.Security.SslStream"/> does not tell: whether FIN came, and whether anything was sent.
/// </summary>
internal sealed class TransportStream(Socket socket, FirstBytes? first = null) : NetworkStream(socket, ownsSocket: false)
{
    private FirstBytes? _first = first;
    private int _replayed;

    /// <summary>
    /// Whether the peer sent FIN. A TLS end without it came by close_notify (RFC 8446 section 6.1); with it, by truncation.
    /// </summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether bytes were handed to the socket.</summary>
    public bool HasSent { get; private set; }

    /// <inheritdoc />
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_first is not null)
        {
            return new(Replay(_first, buffer.Span));
        }

        var read = base.ReadAsync(buffer, cancellationToken);
        if (buffer.IsEmpty)
        {
            return read;
        }

        return read.IsCompletedSuccessfully ? new(Observe(read.Result)) : ObserveAsync(read);
    }

    /// <inheritdoc />
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        HasSent = true;
        return base.WriteAsync(buffer, cancellationToken);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _first?.Dispose();
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ObserveAsync(ValueTask<int> read) => Observe(await read);

    private int Replay(FirstBytes first, Span<byte> buffer)
    {
        var rest = first.Memory.Span[_replayed..];
        var count = Math.Min(buffer.Length, rest.Length);
        rest[..count].CopyTo(buffer);
        _replayed += count;
        if (count == rest.Length)
        {
            first.Dispose();
            _first = null;
        }

        return count;
    }

    private int Observe(int count)
    {
        HasEnded |= count == 0;
        return count;
    }
}
