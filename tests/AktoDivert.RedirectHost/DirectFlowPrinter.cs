using AktoDivert.Core.Flows;

namespace AktoDivert.RedirectHost;

/// <summary>Prints what the engine tells of connections that go direct.</summary>
internal sealed class DirectFlowPrinter(Action<object[]> write) : IDirectFlowObserver
{
    public void Started(RedirectedFlow flow, string host) => write(["DIRECT", "started", flow.Destination, host, flow.Process.Pid, flow.Process.AppId, 0, 0]);

    public void Ended(ulong id, long bytesUp, long bytesDown) => write(["DIRECT", "ended", "", "", 0, "", bytesUp, bytesDown]);

    public void Refused(RedirectedFlow flow, string host) => write(["DIRECT", "refused", flow.Destination, host, flow.Process.Pid, flow.Process.AppId, 0, 0]);
}
