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
    private bool _isReadByTls;
    private bool _mustWait;

    /// <summary>The reader of the TLS session has it while it computes.</summary>
    public SessionTurn Turn { get; } = new();

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

        // SslStream waits for bytes before it reads them. The relay has just done so, and it costs a system call.
        if (buffer.IsEmpty && _isReadByTls && !_mustWait)
        {
            _mustWait = true;
            return new(0);
        }

        var read = base.ReadAsync(buffer, cancellationToken);
        return read.IsCompletedSuccessfully ? new(Observe(read.Result, buffer.Length)) : ObserveAsync(read, buffer.Length);
    }

    /// <summary>The TLS layer begins to read.</summary>
    /// <param name="waits">Whether it waits for bytes without a buffer.</param>
    public void BeginTlsRead(bool waits)
    {
        Turn.Enter();
        _isReadByTls = true;
        _mustWait = waits;
    }

    /// <summary>The TLS layer is done with a read.</summary>
    public void EndTlsRead()
    {
        _isReadByTls = false;
        Turn.Exit();
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
    private async ValueTask<int> ObserveAsync(ValueTask<int> read, int asked)
    {
        if (!_isReadByTls)
        {
            return Observe(await read, asked);
        }

        Turn.Exit();
        try
        {
            return Observe(await read, asked);
        }
        finally
        {
            Turn.Enter();
        }
    }

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

    // A read of no bytes only waits.
    private int Observe(int count, int asked)
    {
        HasEnded |= count == 0 && asked > 0;
        return count;
    }
}
