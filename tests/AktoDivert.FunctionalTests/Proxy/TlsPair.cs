using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Transport;
using AktoDivert.Proxy.Transport.Linux;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>An end as the relay has it, and a peer of the runtime's own TLS on the other side of a real connection.</summary>
internal sealed record TlsPair(TlsEnd End, SslStream Peer, Socket PeerSocket) : IDisposable
{
    /// <summary>A kind of end: OpenSSL takes the records from the socket.</summary>
    public const string OnSocket = "socket";

    /// <summary>A kind of end: a stream over the runtime's socket.</summary>
    public const string OnStream = "stream";

    /// <summary>A kind of end: a stream over a socket of our event loop.</summary>
    public const string OfTls12 = "stream of TLS 1.2";

    private static readonly X509Certificate2 Certificate = ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host);

    /// <summary>The kinds of this system.</summary>
    public static IEnumerable<object[]> Kinds => OperatingSystem.IsLinux() ? [[OnSocket], [OnStream], [OfTls12]] : [[OnStream]];

    /// <summary>Those of them whose client speaks last in the handshake.</summary>
    public static IEnumerable<object[]> KindsOfTls13 => Kinds.Where(kind => (string)kind[0] != OfTls12);

    /// <summary>Connects and handshakes.</summary>
    /// <param name="kind">Of the end.</param>
    /// <param name="isServer">Whether the end is the one of an app, or of a server.</param>
    /// <param name="sends">What the peer's TLS sends through; null for its socket.</param>
    public static async Task<TlsPair> CreateAsync(string kind, bool isServer = false, Func<Socket, Stream>? sends = null)
    {
        var (socket, peerSocket) = await ConnectAsync(kind);
        var peer = new SslStream(sends?.Invoke(peerSocket) ?? new NetworkStream(peerSocket));
        var shaking = isServer ? peer.AuthenticateAsClientAsync(Client(kind)) : peer.AuthenticateAsServerAsync(Server(kind));
        var end = await ShakeHandsAsync(kind, socket, isServer);
        await shaking.WaitAsync(ProxyUnderTest.Patience);
        return new(end, peer, peerSocket);
    }

    /// <summary>Makes an end of a socket as the product does.</summary>
    public static async Task<TlsEnd> ShakeHandsAsync(string kind, StreamSocket socket, bool isServer)
    {
        var transport = new TransportStream(socket);
        var tls = new SslStream(transport);
        var handshake = isServer ? tls.AuthenticateAsServerAsync(Server(kind)) : tls.AuthenticateAsClientAsync(Client(kind));
        await handshake.WaitAsync(ProxyUnderTest.Patience);
        return await TlsEnd.OverAsync(socket, transport, tls);
    }

    /// <summary>A socket for an end, and the peer's.</summary>
    public static async Task<(StreamSocket Ours, Socket Peer)> ConnectAsync(string kind)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var peer = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await peer.ConnectAsync(listener.LocalEndpoint);
        return (Over(kind, await listener.AcceptSocketAsync()), peer);
    }

    /// <summary>A socket of the data path for an end of this kind.</summary>
    public static StreamSocket Over(string kind, Socket connected)
    {
        connected.NoDelay = true;
        return OperatingSystem.IsLinux() && kind != OnStream ? PolledSocket.Over(connected) : new RuntimeSocket(connected);
    }

    /// <summary>What a client asks for.</summary>
    public static SslClientAuthenticationOptions Client(string kind)
    {
        var options = ProxyUnderTest.ClientOptions(ProxyUnderTest.Host);
        options.EnabledSslProtocols = Protocol(kind);
        return options;
    }

    /// <summary>Reads until the end, as the relay does: it waits first, without a buffer.</summary>
    /// <param name="end">Whom from.</param>
    /// <param name="random">Gives the sizes of the reads.</param>
    public static async Task<byte[]> ReadAllAsync(TlsEnd end, Random random)
    {
        var received = new MemoryStream();
        var buffer = new byte[40 * 1024];
        while (true)
        {
            await end.ReadAsync(Memory<byte>.Empty);
            var count = await end.ReadAsync(buffer.AsMemory(0, random.Next(1, buffer.Length)));
            if (count == 0)
            {
                return received.ToArray();
            }

            received.Write(buffer, 0, count);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        End.Dispose();
        Peer.Dispose();
        PeerSocket.Dispose();
    }

    private static SslServerAuthenticationOptions Server(string kind) => new() { ServerCertificate = Certificate, EnabledSslProtocols = Protocol(kind) };

    private static SslProtocols Protocol(string kind) => kind == OfTls12 ? SslProtocols.Tls12 : SslProtocols.Tls13;
}
