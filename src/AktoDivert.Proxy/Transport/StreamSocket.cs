using System.Net;
using System.Net.Sockets;
using AktoDivert.Proxy.Transport.Linux;

namespace AktoDivert.Proxy.Transport;

/// <summary>
/// A TCP socket of the data path. One receive and one send may run at a time. Its operations fail with <see cref="SocketException"/> when the
/// peer or the network ends them, and with <see cref="ObjectDisposedException"/> when we do.
/// </summary>
/// <param name="socket">The socket under it. Nothing else may receive from it or send to it.</param>
internal abstract class StreamSocket(Socket socket) : IDisposable
{
    /// <summary>The socket under it, for its addresses, options and handle.</summary>
    public Socket Socket => socket;

    /// <summary>Takes a connected socket over; on Linux an event loop of ours serves it, elsewhere the runtime's.</summary>
    public static StreamSocket Over(Socket connected) =>
        IsPolled ? PolledSocket.Over(connected) : new RuntimeSocket(connected);

    /// <summary>
    /// Whether our event loop serves sockets. <c>AKTODIVERT_SOCKETS=runtime</c> leaves it to the runtime's on Linux too: a way back, and how the
    /// benchmarks show what Windows does.
    /// </summary>
    private static bool IsPolled { get; } = OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("AKTODIVERT_SOCKETS") != "runtime";

    /// <summary>Whether nothing serves the sockets any more: what runs for some of them never ends.</summary>
    public static bool AreHung => OperatingSystem.IsLinux() && EventLoop.IsHung;

    /// <summary>Connects a socket and takes it over.</summary>
    /// <param name="socket">Not connected; the caller's until this returns.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SocketException">The destination refused or cannot be reached.</exception>
    public static ValueTask<StreamSocket> ConnectAsync(Socket socket, IPEndPoint destination, CancellationToken cancellationToken) =>
        IsPolled
            ? PolledSocket.ConnectAsync(socket, destination, cancellationToken)
            : RuntimeSocket.ConnectAsync(socket, destination, cancellationToken);

    /// <summary>Receives what there is, or waits for something. Without a buffer it only waits.</summary>
    /// <returns>Bytes received; 0 at the end of the stream, and after waiting.</returns>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits for bytes that were not there before, for a caller who then takes all there are by itself: until the system says that there are none.
    /// </summary>
    public abstract ValueTask WaitForMoreAsync();

    /// <summary>Lets the other sockets be served, for a caller who has kept their thread for long.</summary>
    public virtual TurnAwaitable LetOthers() => default;

    /// <summary>Sends everything.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default);

    /// <summary>Closes with RST, so that the peer sees an abort and not an end. A socket that is already gone is no error.</summary>
    public void Reset()
    {
        socket.Reset();
        Dispose();
    }

    /// <summary>Sends FIN. A socket that is already gone is no error.</summary>
    public void FinishSending() => socket.FinishSending();

    /// <summary>
    /// Sends a last message and FIN, then reads until the peer closes too or <paramref name="limit"/> passes. Closing with unread bytes
    /// would send RST instead, which can destroy the last bytes sent before the peer reads them.
    /// </summary>
    public async Task SendAndCloseAsync(ReadOnlyMemory<byte> message, TimeSpan limit, TimeProvider time)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        var ignored = new byte[512];
        try
        {
            await SendAsync(message, timeout.Token);
            FinishSending();
            while (await ReceiveAsync(ignored, timeout.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
        }

        Dispose();
    }

    /// <summary>Closes the socket; what runs on it fails.</summary>
    public virtual void Dispose() => socket.Dispose();
}
