using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace AktoDivert.Tests.Shared;

/// <summary>A server on loopback that gives each accepted connection to a test's own code.</summary>
public sealed class TestUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Socket, Task> _serve;
    private readonly Task _accepting;
    private int _accepted;

    private TestUpstream(Func<Socket, Task> serve)
    {
        _serve = serve;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Serves raw TCP connections.</summary>
    public static TestUpstream Tcp(Func<Socket, Task> serve) => new(serve);

    /// <summary>Serves TLS connections once they are authenticated.</summary>
    public static TestUpstream Tls(SslServerAuthenticationOptions options, Func<SslStream, Socket, Task> serve) => new(async socket =>
    {
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await tls.AuthenticateAsServerAsync(options);
        await serve(tls, socket);
    });

    /// <summary>Sends every byte back until the peer finishes.</summary>
    public static async Task EchoAsync(Stream stream)
    {
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                socket.NoDelay = true;
                Interlocked.Increment(ref _accepted);
                _ = Task.Run(() => ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await _serve(socket);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // What a client does to its connection is for the test to judge, at the client.
            }
        }
    }
}
