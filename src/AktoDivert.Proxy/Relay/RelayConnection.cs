using AktoDivert.Core.Flows;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Relay;

/// <summary>The data path of an intercepted flow: two TLS ends joined byte for byte, observed by a tap.</summary>
internal static class RelayConnection
{
    /// <summary>Relays until both sides are done. close_notify, FIN and RST are passed on as they come.</summary>
    /// <param name="app">The app's side.</param>
    /// <param name="upstream">The server's side.</param>
    /// <param name="tap">Sees the plaintext of both directions.</param>
    /// <param name="flow">Its byte counts grow as bytes pass.</param>
    /// <param name="appSpoke">Called once, when the app's first application byte passes.</param>
    public static async Task<DuplexResult> RunAsync(TlsEnd app, TlsEnd upstream, IConnectionTap tap, Flow flow, Action appSpoke)
    {
        void ObserveUp(ReadOnlySpan<byte> bytes)
        {
            if (flow.BytesUp == 0)
            {
                appSpoke();
            }

            flow.AddBytesUp(bytes.Length);
            tap.Feed(RelayDirection.Up, bytes);
        }

        void ObserveDown(ReadOnlySpan<byte> bytes)
        {
            flow.AddBytesDown(bytes.Length);
            tap.Feed(RelayDirection.Down, bytes);
        }

        void Abort()
        {
            app.Socket.Reset();
            upstream.Socket.Reset();
        }

        try
        {
            return await Duplex.RunAsync(
                EndOfAsync(
                    RelayDirection.Up, new RelayPump(app, upstream, ObserveUp, () => tap.Forwarded(RelayDirection.Up)), tap),
                EndOfAsync(
                    RelayDirection.Down, new RelayPump(upstream, app, ObserveDown, () => tap.Forwarded(RelayDirection.Down)), tap),
                Abort);
        }
        finally
        {
            tap.Close();
        }
    }

    private static async Task<PumpResult> EndOfAsync(RelayDirection direction, RelayPump pump, IConnectionTap tap)
    {
        var result = await pump.RunAsync();
        tap.End(direction, aborted: result.End != PumpEnd.Finished);
        return result;
    }
}
