using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Engine;

/// <summary>Finds the flow behind a connection of the listener: its peer has the far end's address and the app's port.</summary>
internal static class AcceptedFlow
{
    /// <summary>The flow, or null when the table has none.</summary>
    public static RedirectedFlow? Find(Socket accepted, FlowTable table)
    {
        try
        {
            return accepted is { RemoteEndPoint: IPEndPoint remote, LocalEndPoint: IPEndPoint local }
                && table.FindReflected(FlowKey.From(new IPEndPoint(local.Address, remote.Port), new IPEndPoint(remote.Address, 0)))
                    is { Attribution: { } attribution } flow
                ? new RedirectedFlow(flow.Id, flow.Key.RemoteEndPoint, attribution.Process, attribution.Selected)
                : null;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The app gave up between connect and accept.
            return null;
        }
    }
}
