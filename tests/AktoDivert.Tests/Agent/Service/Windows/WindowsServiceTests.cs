using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Service;
using AktoDivert.Agent.Service.Windows;

namespace AktoDivert.Tests.Agent.Service.Windows;

[TestClass]
public sealed class WindowsServiceTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(@"C:\Program Files\AktoDivert\aktodivert.exe", null, "\"C:\\Program Files\\AktoDivert\\aktodivert.exe\" run --service")]
    [DataRow(@"C:\a\aktodivert.exe", @"D:\conf dir\c.json", "\"C:\\a\\aktodivert.exe\" run --service --config \"D:\\conf dir\\c.json\"")]
    public void The_command_line_is_quoted(string executable, string? configuration, string expected)
    {
        // Without quotes "C:\Program.exe" would be started as SYSTEM.
        Assert.AreEqual(expected, ServiceDefinition.CommandLine(executable, configuration));
        var arguments = AktoDivert.Redirect.Windows.WindowsCommandLine.Split(expected);
        Assert.AreEqual(executable, arguments[0]);
        Assert.AreEqual(configuration ?? "--service", arguments[^1]);
    }

    [TestMethod]
    public void Lists_end_with_two_zeros() => Assert.AreEqual("a\0b\0\0", ServiceDefinition.MultiString(["a", "b"]));

    [TestMethod]
    public void Only_two_privileges_are_asked_for() =>
        CollectionAssert.AreEqual(new[] { "SeChangeNotifyPrivilege", "SeDebugPrivilege" }, ServiceDefinition.RequiredPrivileges.ToArray());

    [TestMethod]
    [DataRow(@"\??\C:\Program Files\AktoDivert\WinDivert64.sys", @"C:\Program Files\AktoDivert\", true)]
    [DataRow(@"C:\program files\aktodivert\WinDivert64.sys", @"C:\Program Files\AktoDivert", true)]
    [DataRow(@"\??\C:\Program Files\AktoDivert2\WinDivert64.sys", @"C:\Program Files\AktoDivert\", false)]
    [DataRow(@"\??\C:\Tools\WinDivert64.sys", @"C:\Program Files\AktoDivert\", false)]
    public void A_driver_is_ours_only_in_our_folder(string imagePath, string folder, bool ours) =>
        Assert.AreEqual(ours, DriverPath.IsBelow(imagePath, folder));

    [TestMethod]
    public async Task The_firewall_rule_replaces_an_older_one_and_names_the_program()
    {
        var calls = new List<string>();
        var rule = new FirewallRule((arguments, _) =>
        {
            calls.Add(string.Join(' ', arguments));
            return Task.FromResult<ProgramOutcome?>(new ProgramOutcome(0, "", ""));
        });
        await rule.AddAsync(@"C:\Program Files\AktoDivert\aktodivert.exe", TestContext.CancellationToken);
        Assert.AreEqual("advfirewall firewall delete rule name=AktoDivert listener", calls[0]);
        StringAssert.Contains(calls[1], @"dir=in action=allow program=C:\Program Files\AktoDivert\aktodivert.exe protocol=TCP");
    }

    [TestMethod]
    public async Task A_firewall_that_refuses_is_reported_with_its_own_words()
    {
        var rule = new FirewallRule((arguments, _) => Task.FromResult<ProgramOutcome?>(
            arguments.Contains("add") ? new ProgramOutcome(1, "Managed by policy.\r\n", "") : new ProgramOutcome(0, "", "")));
        var refused = await Assert.ThrowsExactlyAsync<CommandException>(() => rule.AddAsync("x", TestContext.CancellationToken));
        StringAssert.Contains(refused.Message, "Managed by policy.");
    }

    [TestMethod]
    [DataRow(4u, 1, 0)]
    [DataRow(18u, 0, 1)]
    [DataRow(7u, 0, 0)]
    public void Sleep_and_waking_are_told_apart(uint apmEvent, int suspended, int resumed)
    {
        var (sleeps, wakes) = (0, 0);
        var power = new PowerEvents();
        power.Suspending += () => sleeps++;
        power.Resumed += () => wakes++;
        power.Take(apmEvent);
        Assert.AreEqual((suspended, resumed), (sleeps, wakes));
    }

    [TestMethod]
    [DataRow(@"\\.\pipe\AktoDivert.Control", "AktoDivert.Control")]
    [DataRow(@"\\.\PIPE\x", "x")]
    [DataRow("bare", "bare")]
    public void Pipe_addresses_have_a_name(string address, string name) => Assert.AreEqual(name, ControlAddress.PipeName(address));
}
