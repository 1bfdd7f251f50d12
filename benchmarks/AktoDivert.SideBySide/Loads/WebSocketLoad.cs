using System.Net.WebSockets;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>WebSockets that send 128 bytes and wait for their echo, four at a time.</summary>
internal sealed class WebSocketLoad(Version version, int messages) : ILoad
{
    private const int Sockets = 4;

    /// <inheritdoc />
    public string Unit => "round trip";

    /// <inheritdoc />
    public async Task<double> RunAsync(Peer peer)
    {
        using var http = AppConnection.Http(peer.Port);
        await Task.WhenAll(Enumerable.Range(0, Sockets).Select(_ => Task.Run(() => EchoAsync(http))));
        return Sockets * messages;
    }

    private async Task EchoAsync(HttpMessageInvoker http)
    {
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = version;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new Uri($"wss://{BenchmarkCertificates.Host}/ws"), http, CancellationToken.None);
        var (sent, received) = (new byte[128], new byte[256]);
        for (var i = 0; i < messages; i++)
        {
            await socket.SendAsync(sent.AsMemory(), WebSocketMessageType.Binary, true, CancellationToken.None);
            for (var got = 0; got < sent.Length;)
            {
                got += (await socket.ReceiveAsync(received.AsMemory(), CancellationToken.None)).Count;
            }
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
