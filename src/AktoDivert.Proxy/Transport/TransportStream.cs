using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AktoDivert.Proxy.Classify;

namespace AktoDivert.Proxy.Transport;

/// <summary>
/// The byte stream under a TLS layer. It replays bytes that were received before the layer existed, and remembers two things that
/// <see cref="System.Net.Security.SslStream"/> does not tell: whether FIN came, and whether anything was sent.
/// </summary>
internal sealed class TransportStream(StreamSocket socket, FirstBytes? first = null) : Stream
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
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

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

        ValueTask<int> read;
        try
        {
            read = socket.ReceiveAsync(buffer, cancellationToken);
        }
        catch (SocketException e)
        {
            throw Failure(e);
        }

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
        ValueTask sent;
        try
        {
            sent = socket.SendAsync(buffer, cancellationToken);
        }
        catch (SocketException e)
        {
            throw Failure(e);
        }

        return sent.IsCompletedSuccessfully ? default : FailAsStreamAsync(sent);
    }

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <summary>Never called: nothing here blocks a thread.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc cref="Read(byte[], int, int)" />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _first?.Dispose();
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ObserveAsync(ValueTask<int> read, int asked)
    {
        var isReadByTls = _isReadByTls;
        if (isReadByTls)
        {
            Turn.Exit();
        }

        try
        {
            return Observe(await read, asked);
        }
        catch (SocketException e)
        {
            throw Failure(e);
        }
        finally
        {
            if (isReadByTls)
            {
                Turn.Enter();
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask FailAsStreamAsync(ValueTask sent)
    {
        try
        {
            await sent;
        }
        catch (SocketException e)
        {
            throw Failure(e);
        }
    }

    // As streams fail. SslStream passes it on as it is, and whoever looks for an app's refusal goes by it.
    private static IOException Failure(SocketException cause) => new(cause.Message, cause);

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
