using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Classify;

/// <summary>Step 2: reads until the ClientHello parses or it is clear that none will come.</summary>
internal sealed class ConnectionClassifier(ProxyOptions options, TimeProvider time)
{
    /// <summary>Receives into <paramref name="first"/> until the connection can be classified.</summary>
    /// <exception cref="SocketException">The app reset the connection, or the agent stops and closed the socket.</exception>
    /// <exception cref="ObjectDisposedException">The agent stops and closed the socket.</exception>
    public async ValueTask<Classification> ClassifyAsync(StreamSocket app, FirstBytes first)
    {
        if (!await ReceiveAsync(app, first, options.SilenceLimit))
        {
            return new(ConnectionClass.Silent, null, "the app sent nothing: a server-first protocol or an idle connection");
        }

        var deadline = time.GetTimestamp() + (long)(options.ClientHelloTimeout.TotalSeconds * time.TimestampFrequency);
        while (true)
        {
            switch (ClientHelloReader.Read(first.Memory.Span, out var hello, out var required))
            {
                case ClientHelloStatus.Complete:
                    return new(ConnectionClass.Tls, hello, "");
                case ClientHelloStatus.NotClientHello:
                    return CleartextHttp.IsStart(first.Memory.Span)
                        ? new(ConnectionClass.CleartextHttp, null, "cleartext HTTP")
                        : new(ConnectionClass.Other, null, "neither TLS nor HTTP, or a ClientHello that is malformed or too long");
            }

            while (first.Length < required)
            {
                var remaining = time.GetElapsedTime(time.GetTimestamp(), deadline);
                if (remaining <= TimeSpan.Zero || !await ReceiveAsync(app, first, remaining))
                {
                    return new(ConnectionClass.Other, null, "the ClientHello stayed incomplete");
                }
            }
        }
    }

    /// <summary>Receives once; false when the app finished sending or the time limit passed.</summary>
    private async ValueTask<bool> ReceiveAsync(StreamSocket app, FirstBytes first, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        try
        {
            var received = await app.ReceiveAsync(first.Free(), timeout.Token);
            first.Received(received);
            return received > 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
