using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Service;

namespace AktoDivert.Tests.Agent.Service;

[TestClass]
public sealed class SystemdServiceTests
{
    private readonly List<string> _calls = [];

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Install_twice_and_uninstall_twice_are_as_once()
    {
        using var state = new TemporaryState();
        Directory.CreateDirectory(Path.Combine(state.Folder, "run/systemd/system"));
        var service = Service(state.Folder);
        var unit = Path.Combine(state.Folder, "etc/systemd/system/aktodivert.service");
        for (var i = 0; i < 2; i++)
        {
            await service.InstallAsync("/opt/aktodivert/aktodivert", "/etc/aktodivert/config.json", new AgentOptions(), TestContext.CancellationToken);
        }

        StringAssert.Contains(File.ReadAllText(unit), "ExecStart=/opt/aktodivert/aktodivert run --config /etc/aktodivert/config.json");
        await service.StartAsync(TestContext.CancellationToken);
        for (var i = 0; i < 2; i++)
        {
            await service.UninstallAsync(TestContext.CancellationToken);
        }

        Assert.IsFalse(File.Exists(unit));
        CollectionAssert.AreEqual(
            new[]
            {
                "daemon-reload", "enable aktodivert.service", "daemon-reload", "enable aktodivert.service", "start aktodivert.service",
                "disable --now aktodivert.service", "daemon-reload",
            },
            _calls);
    }

    [TestMethod]
    public async Task Without_systemd_the_message_says_how_to_start_it_instead()
    {
        using var state = new TemporaryState();
        var fault = await Assert.ThrowsExactlyAsync<CommandException>(() => Service(state.Folder).StartAsync(TestContext.CancellationToken));
        StringAssert.Contains(fault.Message, "aktodivert run");
        Assert.IsEmpty(_calls);
    }

    [TestMethod]
    public async Task A_refusal_of_systemctl_is_passed_on()
    {
        using var state = new TemporaryState();
        Directory.CreateDirectory(Path.Combine(state.Folder, "run/systemd/system"));
        var service = new SystemdService(state.Folder, (_, _) => Task.FromResult<ProgramOutcome?>(new ProgramOutcome(1, "", "Access denied")));
        var fault = await Assert.ThrowsExactlyAsync<CommandException>(
            () => service.InstallAsync("/x", null, new AgentOptions(), TestContext.CancellationToken));
        StringAssert.Contains(fault.Message, "Access denied");
    }

    [TestMethod]
    public void The_unit_confines_the_agent_and_lets_it_answer_systemd()
    {
        var text = SystemdUnit.Text("/opt/a b/100%/aktodivert", null, "/var/lib/aktodivert");
        StringAssert.Contains(text, "ExecStart=\"/opt/a b/100%%/aktodivert\" run\n");
        foreach (var line in new[]
        {
            "Type=notify", "WatchdogSec=30", "Restart=on-failure", "ProtectSystem=yes", "NoNewPrivileges=yes", "ReadWritePaths=/var/lib/aktodivert ",
            "CapabilityBoundingSet=CAP_BPF CAP_NET_ADMIN CAP_PERFMON CAP_DAC_READ_SEARCH", "WantedBy=multi-user.target",
        })
        {
            StringAssert.Contains(text, line);
        }
    }

    [TestMethod]
    public async Task Systemd_itself_accepts_the_unit()
    {
        using var state = new TemporaryState();
        var unit = state.Write("aktodivert.service", SystemdUnit.Text("/bin/true", null, "/var/lib/aktodivert"));
        var outcome = await SystemProgram.RunAsync("systemd-analyze", ["verify", "--man=no", unit], TestContext.CancellationToken);
        if (outcome is null)
        {
            Assert.Inconclusive("systemd-analyze is not installed");
        }

        Assert.AreEqual(0, outcome.ExitCode, outcome.Error);
        Assert.DoesNotContain("aktodivert.service", outcome.Error);
    }

    private SystemdService Service(string root) => new(root, (arguments, _) =>
    {
        _calls.Add(string.Join(' ', arguments));
        return Task.FromResult<ProgramOutcome?>(new ProgramOutcome(0, "", ""));
    });
}
