using System.Net.Sockets;
using System.Text;
using AktoDivert.Agent.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Tests.Agent.Hosting;

[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class SystemdNotifierTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Systemd_hears_ready_watchdog_and_stopping()
    {
        using var state = new TemporaryState();
        var path = Path.Combine(state.Folder, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        var environment = new AgentEnvironment(new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path, ["WATCHDOG_USEC"] = "20000" });
        using var notifier = new SystemdNotifier(environment, TimeProvider.System, NullLogger<SystemdNotifier>.Instance);
        await notifier.StartAsync(TestContext.CancellationToken);
        Assert.AreEqual("READY=1", await HearAsync(systemd));
        Assert.AreEqual("WATCHDOG=1", await HearAsync(systemd));
        await notifier.StopAsync(TestContext.CancellationToken);
        string heard;
        do
        {
            heard = await HearAsync(systemd);
        }
        while (heard == "WATCHDOG=1");

        Assert.AreEqual("STOPPING=1", heard);
    }

    private static async Task<string> HearAsync(Socket systemd)
    {
        var buffer = new byte[64];
        var length = await systemd.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(30));
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
