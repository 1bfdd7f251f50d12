using System.Net;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Proxy.Relay;

namespace AktoDivert.Tests.Proxy.Relay;

/// <summary>Counts exchanges and gives them back at once.</summary>
internal sealed class ReleasingSink : IExchangeSink
{
    public int Completed { get; private set; }

    public void Complete(Exchange exchange)
    {
        Completed += exchange.End == ExchangeEnd.Complete ? 1 : 0;
        exchange.Release();
    }

    /// <summary>A tap that gives its exchanges here, past the connection preface.</summary>
    public IConnectionTap Tap(string protocol)
    {
        var process = new ProcessIdentity { Pid = 1, Name = "app" };
        var flow = new Flow(new RedirectedFlow(1, new IPEndPoint(IPAddress.Loopback, 443), process), default) { NegotiatedProtocol = protocol };
        var tap = new ConnectionTapFactory(this, new AgentCounters(), TimeProvider.System, new CaptureLimits()).Create(flow);
        if (protocol == "h2")
        {
            tap.Feed(RelayDirection.Up, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        }

        return tap;
    }
}
