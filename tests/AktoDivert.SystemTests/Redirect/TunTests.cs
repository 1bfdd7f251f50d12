namespace AktoDivert.SystemTests.Redirect;

/// <summary>The packet engine over a TUN device, against the kernel's own TCP.</summary>
[TestClass]
[TestCategory("System")]
public sealed class TunTests
{
    private const string Device = "aktodivert0";

    [TestMethod]
    [DataRow("plain", RedirectLab.ServerV4, RedirectLab.AppV4)]
    [DataRow("plain", RedirectLab.ServerV6, RedirectLab.AppV6)]
    [DataRow("plain", "::ffff:" + RedirectLab.ServerV4, "::ffff:" + RedirectLab.AppV4)]
    [DataRow("bound", RedirectLab.ServerV4, RedirectLab.AppV4)]
    [DataRow("nonblock", RedirectLab.ServerV6, RedirectLab.AppV6)]
    [DataRow("tfo", RedirectLab.ServerV4, RedirectLab.AppV4)]
    public async Task The_listener_sees_the_original_destination_and_the_app_sees_no_difference(string kind, string destination, string source)
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        var direct = await lab.RunAsync(program, kind, destination, "443", source);
        await using var host = await lab.StartHostAsync("tun", "name=akr-variants");
        Assert.AreEqual("Active", host.Ready[1], string.Join(' ', host.Ready));

        Assert.AreEqual(direct, await lab.RunAsync(program, kind, destination, "443", source));

        var flow = host.SingleFlow();
        Assert.AreEqual(destination.Contains("db8", StringComparison.Ordinal) ? $"[{destination}]:443" : $"{RedirectLab.ServerV4}:443", flow.Destination);
        Assert.AreEqual("akr-variants", flow.Name);
        Assert.AreEqual("test-app", flow.AppId);
        Assert.IsTrue(flow.Selected);
        Assert.AreEqual(0, host.Counters().Unattributed);
    }

    [TestMethod]
    public async Task A_process_that_is_not_meant_is_tunnelled_untouched()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        await using var host = await lab.StartHostAsync("tun", "name=another");
        StringAssert.Contains(await lab.RunAsync(program, "plain", RedirectLab.ServerV4, "443"), "reply=hello", StringComparison.Ordinal);
        Assert.IsFalse(host.SingleFlow().Selected);
    }

    [TestMethod]
    public async Task A_running_process_is_meant_from_the_selection_on_that_names_it_to_the_one_that_does_not()
    {
        await using var lab = await RedirectLab.CreateAsync();
        using var shell = lab.StartInApps(lab.Copy("/bin/sh", "akr-shell"));
        await using var host = await lab.StartHostAsync("tun", "name=another");
        foreach (var (selected, meant) in new[] { ("name=another", false), ("name=akr-shell", true), ("name=another", false) })
        {
            host.Command("select", selected);
            await shell.StandardInput.WriteLineAsync($"curl -s http://{RedirectLab.ServerV4}:443/; echo");
            Assert.AreEqual("hello", await shell.StandardOutput.ReadLineAsync());
            Assert.AreEqual(meant, host.SingleFlow().Selected, selected);
        }

        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
    }

    [TestMethod]
    public async Task Other_users_and_ports_stay_direct()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        await using var host = await lab.StartHostAsync("tun", "all", "uid=65534");
        StringAssert.Contains(await lab.RunAsync(program, "plain", RedirectLab.ServerV4, "443"), "reply=hello", StringComparison.Ordinal);
        Assert.IsEmpty(host.TakeFlows());
        Assert.AreEqual(0, host.Counters().Seen);
        await lab.RunAsync("setpriv", "--reuid=65534", "--clear-groups", "curl", "-s", "-m", "10", $"http://{RedirectLab.ServerV4}:443/");
        Assert.AreEqual("nobody", host.SingleFlow().User);
    }

    [TestMethod]
    public async Task Only_the_connections_of_a_control_group_are_brought_in()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var root = (await File.ReadAllLinesAsync("/proc/self/mounts")).Select(line => line.Split(' ')).FirstOrDefault(mount => mount[2] == "cgroup2")?[1];
        if (root is null)
        {
            Assert.Inconclusive("needs a cgroup2 hierarchy");
        }

        var group = Directory.CreateDirectory(Path.Combine(root, $"akr-{Environment.ProcessId}-{Guid.NewGuid():N}"));
        try
        {
            await using var host = await lab.StartHostWithCgroup2Async("tun", "all", $"cgroup={group.Name}");
            Assert.AreEqual("Active", host.Ready[1], string.Join(' ', host.Ready));
            await lab.FetchAsync("curl");
            Assert.IsEmpty(host.TakeFlows());
            var fetch = $"echo $$ > {group.FullName}/cgroup.procs && exec curl -s -m 10 http://{RedirectLab.ServerV4}:443/";
            Assert.AreEqual("hello", await lab.RunAsync("sh", "-c", fetch));
            Assert.HasCount(1, host.TakeFlows());
        }
        finally
        {
            group.Delete();
        }
    }

    [TestMethod]
    [DataRow(RedirectLab.ServerV4)]
    [DataRow(RedirectLab.ServerV6)]
    public async Task A_hundred_megabytes_come_back_as_they_went(string server)
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("tun", "all");
        await lab.TransferAsync(server, 100, 1);
        Assert.HasCount(1, host.TakeFlows());
        Assert.AreEqual(0, host.Counters().Malformed);
    }

    [TestMethod]
    public async Task Two_hundred_connections_at_once()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("tun", "all");
        await lab.TransferAsync(RedirectLab.ServerV4, 0, 200);
        Assert.HasCount(200, host.TakeFlows());
    }

    [TestMethod]
    [DataRow(RedirectLab.ServerV4)]
    [DataRow(RedirectLab.ServerV6)]
    public async Task Loss_reordering_and_repetition_change_nothing(string server)
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("tun", "all");
        await lab.DisturbAsync(Device);
        await lab.DisturbAsync(RedirectLab.AppDevice);
        await lab.TransferAsync(server, 1, 10);
        Assert.HasCount(10, host.TakeFlows());
        foreach (var device in new[] { Device, RedirectLab.AppDevice })
        {
            var disturbed = await lab.DisturbedAsync(device);
            Assert.HasCount(4, disturbed);
            Assert.IsTrue(disturbed.All(packets => packets > 0), $"{device}: {string.Join(' ', disturbed)}");
        }
    }

    [TestMethod]
    [DataRow(RedirectLab.ServerV4)]
    [DataRow(RedirectLab.ServerV6)]
    public async Task Each_end_may_close_first_and_the_other_still_sends(string server)
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("tun", "all");

        // The app closes for sending before the echo is read to its end: without a half-close the hash would differ.
        await lab.TransferAsync(server, 8, 3);
        Assert.HasCount(3, host.TakeFlows());
        Assert.AreEqual(0, host.Counters().StrayDropped);
    }

    [TestMethod]
    public async Task A_port_is_used_again_after_a_reset_and_after_silence()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("tun", "all");
        await lab.TransferAsync(RedirectLab.ServerV4, 0, 1, "local=51000", "abort");
        await lab.TransferAsync(RedirectLab.ServerV4, 0, 1, "local=51000", "idle=3", "abort");
        await lab.TransferAsync(RedirectLab.ServerV4, 0, 1, "local=51000");
        Assert.HasCount(3, host.TakeFlows());
    }

    [TestMethod]
    [DataRow(RedirectLab.ServerV4)]
    [DataRow(RedirectLab.ServerV6)]
    public async Task Nothing_of_a_redirected_connection_leaves_the_machine_by_itself(string server)
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("tun", "all");
        await lab.CountLeavingAsync(RedirectLab.AppDevice, "tcp dport 8443 tcp sport != 61000-65095");
        await lab.TransferAsync(server, 1, 20);
        await lab.TransferAsync(server, 0, 1, "local=51000", "abort");
        await lab.TransferAsync(server, 0, 1, "local=51000", "idle=1", "abort");
        await lab.TransferAsync(server, 0, 1, "local=51000");
        Assert.HasCount(23, host.TakeFlows());
        Assert.AreEqual(0, await lab.CountedAsync(RedirectLab.AppDevice));

        // What counts does count: the same connection without the engine.
        host.Command("dispose");
        await lab.TransferAsync(server, 0, 1);
        Assert.IsGreaterThan(0, await lab.CountedAsync(RedirectLab.AppDevice));
    }

    [TestMethod]
    public async Task Without_a_beat_new_connections_go_direct()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("tun", "all");
        await lab.FetchAsync("curl");
        Assert.HasCount(1, host.TakeFlows());
        host.Command("hang");
        await UntilDirectAsync(lab, host);
        host.Command("recover");
    }

    [TestMethod]
    public async Task A_killed_agent_leaves_a_working_network_and_a_stopped_one_leaves_nothing()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using (var killed = await lab.StartHostAsync("tun", "all"))
        {
            await lab.FetchAsync("curl");
            killed.Kill();
        }

        await lab.FetchAsync("curl");
        await using var host = await lab.StartHostAsync("tun", "all");
        await lab.FetchAsync("curl");
        Assert.HasCount(1, host.TakeFlows());
        host.Command("dispose");
        Assert.AreEqual("", (await lab.TryAsync("nft", "list", "tables")).Output);
        Assert.DoesNotContain("41700", (await lab.TryAsync("ip", "rule")).Output);
        Assert.DoesNotContain("41700", (await lab.TryAsync("ip", "-6", "rule")).Output);
        await lab.FetchAsync("curl");
    }

    [TestMethod]
    public async Task Where_it_may_not_change_the_kernels_settings_it_says_so_and_connections_go_direct()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostWithReadOnlySettingsAsync("tun", "all");
        Assert.AreEqual("Unavailable", host.Ready[1]);
        StringAssert.Contains(host.Ready[2], "rp_filter cannot be written");
        StringAssert.Contains(host.Ready[3], "ProtectKernelTunables=no");
        await lab.FetchAsync("curl");
        Assert.IsEmpty(host.TakeFlows());
    }

    private static async Task UntilDirectAsync(RedirectLab lab, RedirectHostProcess host)
    {
        var started = TimeProvider.System.GetTimestamp();
        do
        {
            Assert.IsLessThan(TimeSpan.FromSeconds(10), TimeProvider.System.GetElapsedTime(started), "new connections are still redirected");
            await lab.FetchAsync("curl");
        }
        while (host.TakeFlows().Length > 0);
    }
}
