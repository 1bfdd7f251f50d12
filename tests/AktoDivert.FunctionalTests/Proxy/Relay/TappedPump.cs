using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.FunctionalTests.Proxy.Relay;

/// <summary>Passes cleartext connections to a server through a tap, as the relay does behind TLS.</summary>
internal sealed class TappedPump : IAsyncDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly ConnectionTapFactory _taps;
    private readonly string _protocol;
    private readonly int _serverPort;
    private readonly Task _accepting;
    private readonly List<Task> _connections = [];

    public TappedPump(IExchangeSink sink, string protocol, int serverPort)
    {
        _taps = new ConnectionTapFactory(sink, new AgentCounters(), TimeProvider.System, new CaptureLimits());
        (_protocol, _serverPort) = (protocol, serverPort);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public ConcurrentQueue<Flow> Flows { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
    }

    private static async Task CopyAsync(Socket from, Socket to, IConnectionTap tap, RelayDirection direction)
    {
        var buffer = new byte[1500];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
            {
                tap.Feed(direction, buffer.AsSpan(0, count));
                await to.SendAsync(buffer.AsMemory(0, count));
                tap.Forwarded(direction);
            }

            tap.End(direction, aborted: false);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            tap.End(direction, aborted: true);
            from.Close();
            to.Close();
        }
        catch (ObjectDisposedException)
        {
            tap.End(direction, aborted: true);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(PassAsync(await _listener.AcceptAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was closed.
        }
    }

    private async Task PassAsync(Socket app)
    {
        using var _ = app;
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var destination = new IPEndPoint(IPAddress.Loopback, _serverPort);
        await server.ConnectAsync(destination);
        var process = new ProcessIdentity { Pid = Environment.ProcessId, Name = "test" };
        var flow = new Flow(new RedirectedFlow(1, destination, process), TimeProvider.System.GetUtcNow()) { NegotiatedProtocol = _protocol };
        Flows.Enqueue(flow);
        var tap = _taps.Create(flow);
        await Task.WhenAll(CopyAsync(app, server, tap, RelayDirection.Up), CopyAsync(server, app, tap, RelayDirection.Down));
        tap.Close();
    }
}
