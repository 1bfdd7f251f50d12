using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Authentication;

namespace AktoDivert.Proxy.Transport.Linux.Interop;

/// <summary>
/// A TLS 1.3 session whose handshake <see cref="SslStream"/> has made, with every check of it, and whose records OpenSSL now takes from the socket
/// itself. The stream stays the owner of the session. OpenSSL takes one call at a time for a session, so each waits for the other; none waits for
/// the network.
/// </summary>
internal sealed unsafe class OpenSslSession : IDisposable
{
    /// <summary>There is nothing to read now.</summary>
    public const int Nothing = -1;

    /// <summary>The most bytes of a write: two records.</summary>
    public const int LongestWrite = 32 * 1024;

    // Messages of the session's own that wait for a write.
    private const int RoomForOwed = 3072;

    // Two records, each with its header, its type and its tag (RFC 8446 section 5.2), and what is owed.
    private const int RoomForRecords = LongestWrite + RoomForOwed + 1024;

    // As much is received at once.
    private const int ReadAhead = 32 * 1024;

    private static readonly FieldInfo? SessionOfStream =
        typeof(SslStream).GetField("_securityContext", BindingFlags.Instance | BindingFlags.NonPublic);

    // The session whose call runs in this thread, and where its records go meanwhile.
    [ThreadStatic]
    private static OpenSslSession? s_current;

    [ThreadStatic]
    private static byte[]? s_records;

    private readonly Lock _gate = new();
    private readonly SslStream _stream;
    private readonly PolledSocket _socket;
    private readonly SafeHandle _handle;
    private readonly nint _ssl;
    private readonly TransportStream _transport;
    private byte[] _records = [];
    private int _recordBytes;
    private byte[] _owed = [];
    private byte[] _unsent = [];
    private IOException? _fault;
    private bool _isDry;
    private bool _isDisposed;

    private OpenSslSession(SslStream stream, TransportStream transport, PolledSocket socket, SafeHandle handle)
    {
        (_stream, _transport, _socket, _handle) = (stream, transport, socket, handle);
        MayHaveMore = transport.HasReceived;
        var isHeld = false;
        handle.DangerousAddRef(ref isHeld);
        _ssl = handle.DangerousGetHandle();
    }

    // Whether .NET and OpenSSL are such that sessions can be taken over.
    private static bool IsAvailable { get; } = SessionOfStream is not null && SocketBio.Method != 0;

    // Whether close_notify came.
    private bool HasClosed => (OpenSsl.SSL_get_shutdown(_ssl) & OpenSsl.ReceivedShutdown) != 0;

    /// <summary>Whether a read may bring something without the socket.</summary>
    public bool MayHaveMore { get; private set; }

    /// <summary>Whether the peer sent FIN.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether a session can be taken over. One of TLS 1.2 may be negotiated anew, which is its stream's to handle.</summary>
    public static bool CanTakeOver(SslStream stream, StreamSocket socket) =>
        IsAvailable && socket is PolledSocket && stream.SslProtocol == SslProtocols.Tls13 && SessionOfStream?.GetValue(stream) is SafeHandle { IsInvalid: false };

    /// <summary>Takes a session over, as <see cref="CanTakeOver"/> says that it can be.</summary>
    /// <param name="stream">Its handshake is done. Only its properties may be used from now on.</param>
    /// <param name="transport">What it was made through. Only what it has received is used from now on.</param>
    /// <param name="socket">What the records go through.</param>
    public static OpenSslSession TakeOver(SslStream stream, TransportStream transport, StreamSocket socket)
    {
        var bio = SocketBio.New();
        var session = new OpenSslSession(stream, transport, (PolledSocket)socket, (SafeHandle)SessionOfStream!.GetValue(stream)!);
        OpenSsl.SSL_set_bio(session._ssl, bio, bio);
        OpenSsl.SSL_set_read_ahead(session._ssl, 1);
        OpenSsl.SSL_set_default_read_buffer_len(session._ssl, ReadAhead);
        OpenSsl.SSL_set_quiet_shutdown(session._ssl, 0);

        // A server that asks for a certificate now gets an empty one, as it would get from the stream.
        OpenSsl.SSL_set_cert_cb(session._ssl, 0, 0);
        return session;
    }

    /// <summary>Reads what there is, as much as fits.</summary>
    /// <returns>Bytes read; 0 at the end; <see cref="Nothing"/> when there is nothing now.</returns>
    /// <exception cref="IOException">The peer, the network or the session failed.</exception>
    /// <exception cref="ObjectDisposedException">We ended it.</exception>
    public int Read(Span<byte> buffer)
    {
        using var call = new Call(this);
        fixed (byte* first = buffer)
        {
            var total = 0;
            do
            {
                _isDry = false;
                var count = OpenSsl.SSL_read(_ssl, first + total, buffer.Length - total);
                if (count <= 0)
                {
                    return total == 0 ? WhyNothing() : EndEarly(total);
                }

                total += count;
                MayHaveMore = _transport.HasReceived || OpenSsl.SSL_has_pending(_ssl) != 0;
            }
            while (MayHaveMore && total < buffer.Length);
            return total;
        }
    }

    /// <summary>Encrypts and sends.</summary>
    /// <param name="bytes">At most <see cref="LongestWrite"/>.</param>
    /// <returns>What the socket did not take: to be sent before the next write, and then <see cref="Sent"/>.</returns>
    /// <inheritdoc cref="Read" path="/exception" />
    public ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> bytes)
    {
        using var call = new Call(this);
        Pay();
        fixed (byte* first = bytes)
        {
            return OpenSsl.SSL_write(_ssl, first, bytes.Length) == bytes.Length ? Send() : throw Fault();
        }
    }

    /// <summary>Ends our direction by close_notify (RFC 8446 section 6.1). Nothing is written afterwards.</summary>
    /// <returns>As of <see cref="Write"/>.</returns>
    /// <inheritdoc cref="Read" path="/exception" />
    public ReadOnlyMemory<byte> WriteEnd()
    {
        using var call = new Call(this);
        Pay();
        return OpenSsl.SSL_shutdown(_ssl) >= 0 ? Send() : throw Fault();
    }

    /// <summary>What a write left was sent.</summary>
    public void Sent()
    {
        ArrayPool<byte>.Shared.Return(_unsent);
        _unsent = [];
    }

    /// <summary>Frees the session.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;

            // .NET says goodbye when it frees a session, unless it is told not to.
            OpenSsl.SSL_set_quiet_shutdown(_ssl, 1);
            _stream.Dispose();
            _handle.DangerousRelease();
        }
    }

    /// <summary>OpenSSL asks for bytes of the peer; <see cref="Nothing"/> when there are none now.</summary>
    internal static int Receive(Span<byte> buffer) => s_current is { } session ? session.ReceiveNow(buffer) : Nothing;

    /// <summary>OpenSSL has bytes for the peer; <see cref="Nothing"/> when there is no room.</summary>
    internal static int Append(ReadOnlySpan<byte> bytes)
    {
        if (s_current is not { } session || !bytes.TryCopyTo(session._records.AsSpan(session._recordBytes)))
        {
            return Nothing;
        }

        session._recordBytes += bytes.Length;
        return bytes.Length;
    }

    private int ReceiveNow(Span<byte> buffer)
    {
        if (_transport.HasReceived)
        {
            return _transport.TakeReceived(buffer);
        }

        try
        {
            var hasTried = _socket.TryReceive(buffer, out var count);
            if (count > 0)
            {
                _isDry = false;
                return count;
            }

            HasEnded |= hasTried;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nothing may be thrown through OpenSSL.
            _fault = TransportFault.OfStream(e);
        }

        // Of an end OpenSSL is not told: it would take it for a fault, and refuse to write.
        _isDry = true;
        return Nothing;
    }

    // Behind some bytes there is no more for now. Unless the socket is the reason, the next read tells which it is.
    private int EndEarly(int total)
    {
        MayHaveMore = !_isDry;
        _fault ??= _isDry || HasClosed ? null : Fault();
        return total;
    }

    private int WhyNothing()
    {
        MayHaveMore = !_isDry;
        if (_fault is not null)
        {
            throw _fault;
        }

        if (!_isDry)
        {
            return HasClosed ? 0 : throw Fault();
        }

        if (HasEnded)
        {
            return OpenSsl.SSL_has_pending(_ssl) == 0 ? 0 : throw new IOException("The peer ended the connection within a TLS record.");
        }

        // It keeps the buffer that it has read nothing into, of a connection that may rest for hours. Half a record stays.
        _ = OpenSsl.SSL_free_buffers(_ssl);
        return Nothing;
    }

    // "error:0A000418:SSL routines::tlsv1 alert unknown ca", for example.
    private static IOException Fault()
    {
        const int Longest = 256;
        var text = stackalloc byte[Longest];
        OpenSsl.ERR_error_string_n(OpenSsl.ERR_peek_last_error(), text, Longest);
        OpenSsl.ERR_clear_error();
        return new($"The TLS session failed: {Marshal.PtrToStringUTF8((nint)text)}");
    }

    /// <summary>
    /// Keeps what a call had to say and did not send, such as the answer to a change of keys, for the next write: it needs to come before the next data only
    /// (RFC 8446 section 4.6.3).
    /// </summary>
    private void Owe()
    {
        if (_recordBytes == 0)
        {
            return;
        }

        if (_owed.Length + _recordBytes > RoomForOwed)
        {
            _fault ??= new IOException("The peer changed the keys of the TLS session too often.");
            return;
        }

        _owed = [.. _owed, .. _records.AsSpan(0, _recordBytes)];
    }

    private void Pay()
    {
        if (_owed.Length > 0)
        {
            Append(_owed);
            _owed = [];
        }
    }

    private ReadOnlyMemory<byte> Send()
    {
        var records = _records.AsSpan(0, _recordBytes);
        _recordBytes = 0;
        int sent;
        try
        {
            sent = _socket.TrySend(records);
        }
        catch (SocketException e)
        {
            throw TransportFault.OfStream(e);
        }

        if (sent == records.Length)
        {
            return default;
        }

        _unsent = ArrayPool<byte>.Shared.Rent(records.Length - sent);
        records[sent..].CopyTo(_unsent);
        return _unsent.AsMemory(0, records.Length - sent);
    }

    /// <summary>The time in which OpenSSL may be called for a session: no other call runs, and its records go to this thread's room.</summary>
    private readonly ref struct Call
    {
        private readonly OpenSslSession _session;

        public Call(OpenSslSession session)
        {
            session._gate.Enter();
            if (session._isDisposed)
            {
                session._gate.Exit();
                throw new ObjectDisposedException(nameof(OpenSslSession));
            }

            _session = session;
            session._records = s_records ??= new byte[RoomForRecords];
            session._recordBytes = 0;
            s_current = session;
        }

        public void Dispose()
        {
            _session.Owe();
            s_current = null;
            _session._records = [];
            _session._gate.Exit();
        }
    }
}
