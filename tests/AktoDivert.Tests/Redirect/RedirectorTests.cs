using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Tests.Redirect;

/// <summary>What holds without privileges: nothing throws for what the machine lacks, and bad targets are refused.</summary>
[TestClass]
public sealed class RedirectorTests
{
    [TestMethod]
    public async Task Before_the_start_everything_is_answered_and_nothing_is_redirected()
    {
        await using var redirector = RedirectorFactory.Create(NullLoggerFactory.Instance, TimeProvider.System);
        redirector.Select(new ProcessSelection(RedirectScope.All, []));
        redirector.Beat();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptSocketAsync();

        Assert.IsNull(redirector.Resolve(accepted));
        Assert.AreEqual(1, redirector.ReadCounters().Orphans);
        Assert.AreEqual(0, redirector.ReadCounters().Redirected);
        Assert.AreEqual(RedirectorState.Stopped, redirector.Health.State);
    }

    [TestMethod]
    [DataRow(0, 0, 443, 2)]
    [DataRow(65536, 0, 443, 2)]
    [DataRow(1, -1, 443, 2)]
    [DataRow(1, 0, 0, 2)]
    [DataRow(1, 0, 65536, 2)]
    [DataRow(1, 0, 443, 0)]
    [DataRow(1, 0, 443, 61)]
    public async Task A_target_outside_its_ranges_is_refused(int portV4, int portV6, int port, int seconds)
    {
        await using var redirector = RedirectorFactory.Create(NullLoggerFactory.Instance, TimeProvider.System);
        var target = new RedirectTarget(portV4, portV6, [port], true, TimeSpan.FromSeconds(seconds));
        await Assert.ThrowsAsync<ArgumentException>(async () => await redirector.StartAsync(target, CancellationToken.None));
        Assert.AreEqual(RedirectorState.Stopped, redirector.Health.State);
    }
}
