using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AktoDivert.Proxy.Classify;

namespace AktoDivert.Proxy.Transport;

/// <summary>
/// The byte stream under a TLS layer. It replays bytes that were received before the layer existed, and remembers two things that
/// <see cref="System.Net.Security.SslStream"/> does not tell: whether FIN came, and whether anything was sent. Until the handshake is done it keeps
/// back what comes behind it, for whoever reads the session then.
/// </summary>
internal sealed class TransportStream(StreamSocket socket, FirstBytes? first = null) : Stream
{
    private FirstBytes? _first = first;
    private int _replayed;
    private HandshakeRecords _records;
    private bool _isHandshake = true;
    private bool _isOver;
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
        if (_isOver)
        {
            return new(0);
        }

        if (HasReceived)
        {
            return new(TakeReceived(buffer.Span));
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
            throw TransportFault.OfStream(e);
        }

        return read.IsCompletedSuccessfully ? new(Observe(read.Result, buffer.Span)) : ObserveAsync(read, buffer);
    }

    /// <summary>Whether bytes were received that nobody has read.</summary>
    public bool HasReceived => _first is not null;

    /// <summary>Reads of them.</summary>
    /// <returns>How many.</returns>
    public int TakeReceived(Span<byte> buffer)
    {
        var first = _first!;
        var rest = first.Memory.Span[_replayed..];
        var count = Math.Min(buffer.Length, rest.Length);
        count = _isHandshake ? _records.Admit(rest[..count]) : count;
        rest[..count].CopyTo(buffer);
        _replayed += count;
        if (count == rest.Length)
        {
            first.Dispose();
            _first = null;
        }

        return count;
    }

    /// <summary>The handshake is done: from now on a read brings all there is.</summary>
    public void EndHandshake() => _isHandshake = false;

    /// <summary>The TLS layer is to read nothing more: from now on a read finds the end.</summary>
    public void EndReading() => _isOver = true;

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
            throw TransportFault.OfStream(e);
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
    private async ValueTask<int> ObserveAsync(ValueTask<int> read, Memory<byte> buffer)
    {
        var isReadByTls = _isReadByTls;
        if (isReadByTls)
        {
            Turn.Exit();
        }

        try
        {
            return Observe(await read, buffer.Span);
        }
        catch (SocketException e)
        {
            throw TransportFault.OfStream(e);
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
            throw TransportFault.OfStream(e);
        }
    }

    // A read of no bytes only waits.
    private int Observe(int count, Span<byte> buffer)
    {
        HasEnded |= count == 0 && !buffer.IsEmpty;
        if (!_isHandshake)
        {
            return count;
        }

        var admitted = _records.Admit(buffer[..count]);
        if (admitted < count)
        {
            _first = new();
            _first.Append(buffer[admitted..count]);
            _replayed = 0;
        }

        return admitted;
    }
}
