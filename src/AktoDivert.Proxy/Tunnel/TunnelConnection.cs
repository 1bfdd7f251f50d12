using System.Net.Sockets;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Proxy.Classify;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Tunnel;

/// <summary>The data path of a passed-through flow: the app and its original destination, joined as they are.</summary>
internal static class TunnelConnection
{
    /// <summary>
    /// Replays what the app already sent, then copies both ways until both sides are done. FIN and RST are passed on as they come.
    /// </summary>
    public static async Task<ConnectionEnd> RunAsync(StreamSocket app, StreamSocket upstream, FirstBytes first, Flow flow)
    {
        try
        {
            await upstream.SendAsync(first.Memory);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            app.Reset();
            return new(ConnectionEndReason.UpstreamAborted, e.Message);
        }

        flow.AddBytesUp(first.Length);
        first.Dispose();
        var result = await Duplex.RunAsync(
            TunnelPump.RunAsync(app, upstream, flow.AddBytesUp),
            TunnelPump.RunAsync(upstream, app, flow.AddBytesDown),
            () =>
            {
                app.Reset();
                upstream.Reset();
            });
        return result.ToConnectionEnd();
    }
}
