using System.Globalization;

namespace AktoDivert.SystemTests.Redirect;

/// <summary>Which processes are taken over, and that it is decided before their first connect.</summary>
[TestClass]
[TestCategory("System")]
public sealed class SelectionTests
{
    private const string Curl = "/usr/bin/curl";
    private const string Fetch = "import socket; s=socket.create_connection(('" + RedirectLab.ServerV4 + "',443)); s.send(b'x'); print(s.recv(9999)[-5:].decode())";

    [TestMethod]
    public async Task A_versioned_binary_behind_a_symbolic_link_is_selected_by_its_path()
    {
        await using var lab = await RedirectLab.CreateAsync();
        lab.Copy(Curl, "claude/versions/2.1.197");
        var link = Path.Combine(lab.Folder, "agent-cli");
        File.CreateSymbolicLink(link, "claude/versions/2.1.197");
        await using var host = await lab.StartHostAsync("path=*/claude/versions/*");

        await lab.FetchAsync(link);

        var flow = host.SingleFlow();
        Assert.AreEqual("2.1.197", flow.Name);
        Assert.AreEqual("path */claude/versions/*", flow.SelectedBy);
        Assert.IsTrue(flow.Selected);
    }

    [TestMethod]
    public async Task A_program_is_selected_by_the_name_it_was_invoked_as()
    {
        await using var lab = await RedirectLab.CreateAsync();
        lab.Copy(Curl, "store/2.1.197");
        var link = Path.Combine(lab.Folder, "akr-claude");
        File.CreateSymbolicLink(link, "store/2.1.197");
        await using var host = await lab.StartHostAsync("name=akr-claude");

        await lab.FetchAsync(link);

        Assert.AreEqual("name akr-claude", host.SingleFlow().SelectedBy);
    }

    [TestMethod]
    public async Task A_renamed_executable_that_was_seen_before_stays_selected()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = lab.Copy(Curl, "akr-first");
        await using var host = await lab.StartHostAsync("name=akr-first");
        await lab.FetchAsync(program);
        _ = host.SingleFlow();
        var renamed = Path.Combine(lab.Folder, "akr-second");
        File.Move(program, renamed);

        await lab.FetchAsync(renamed);

        var flow = host.SingleFlow();
        Assert.AreEqual("akr-second", flow.Name);
        StringAssert.Contains(flow.SelectedBy, "renamed", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task A_script_is_selected_by_an_argument_of_its_interpreter_and_another_script_is_not()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var python = (await Shell.RunAsync("python3", "-c", "import sys, os; print(os.path.realpath(sys.executable))"));
        var cli = Path.Combine(lab.Folder, "akr-cli.py");
        var other = Path.Combine(lab.Folder, "other.py");
        await File.WriteAllTextAsync(cli, Fetch);
        await File.WriteAllTextAsync(other, Fetch);
        await using var host = await lab.StartHostAsync("argument=akr-cli.py");

        // Many short runs: the connect comes within milliseconds of the exec, and must not be missed once.
        for (var run = 0; run < 5; run++)
        {
            Assert.AreEqual("hello", await lab.RunAsync(python, cli));
            var flow = host.SingleFlow();
            Assert.IsTrue(flow.Selected);
            Assert.AreEqual("argument akr-cli.py", flow.SelectedBy);
            Assert.AreEqual("hello", await lab.RunAsync(python, other));
            Assert.IsFalse(host.TakeFlows().Any(f => f.Selected));
        }
    }

    [TestMethod]
    public async Task A_child_of_a_selected_process_is_selected_also_when_its_parent_is_gone()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var shell = lab.Copy("/bin/sh", "akr-shell");
        await using var host = await lab.StartHostAsync("name=akr-shell");

        await lab.RunAsync(shell, "-c", $"{Curl} -s http://{RedirectLab.ServerV4}:443/; true");
        var child = host.SingleFlow();
        Assert.AreEqual("curl", child.Name);
        StringAssert.StartsWith(child.SelectedBy, "child of process", StringComparison.Ordinal);
        Assert.AreEqual("test-app", child.AppId);

        // $$ is the selected shell, which ends at once; the orphan waits for that.
        await lab.RunAsync(shell, "-c", $"(sh -c 'while kill -0 '$$' 2>/dev/null; do sleep 0.02; done; {Curl} -s http://{RedirectLab.ServerV4}:443/' &)");
        Assert.AreEqual("test-app", host.SingleFlow().AppId);
    }

    [TestMethod]
    public async Task A_process_that_ran_before_the_engine_is_found_by_the_scan_and_so_are_its_children()
    {
        await using var lab = await RedirectLab.CreateAsync();
        using var process = lab.StartInApps(lab.Copy("/bin/sh", "akr-shell"));
        await process.StandardInput.WriteLineAsync("echo started");
        Assert.AreEqual("started", await process.StandardOutput.ReadLineAsync());
        await using var host = await lab.StartHostAsync("name=akr-shell");

        await process.StandardInput.WriteLineAsync($"{Curl} -s http://{RedirectLab.ServerV4}:443/; echo");

        Assert.AreEqual("hello", await process.StandardOutput.ReadLineAsync());
        Assert.AreEqual("test-app", host.SingleFlow().AppId);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
    }

    [TestMethod]
    public async Task A_running_process_that_becomes_selected_is_redirected_with_its_children_and_no_more_when_it_is_deselected()
    {
        await using var lab = await RedirectLab.CreateAsync();
        using var shell = lab.StartInApps(lab.Copy("/bin/sh", "akr-shell"));
        await using var host = await lab.StartHostAsync("name=another");
        await FetchAsync();
        Assert.IsEmpty(host.TakeFlows());

        host.Command("select", "name=akr-shell");
        await FetchAsync();
        Assert.AreEqual("test-app", host.SingleFlow().AppId);

        host.Command("select", "name=another");
        await FetchAsync();
        Assert.IsEmpty(host.TakeFlows());
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();

        async Task FetchAsync()
        {
            await shell.StandardInput.WriteLineAsync($"{Curl} -s http://{RedirectLab.ServerV4}:443/; echo");
            Assert.AreEqual("hello", await shell.StandardOutput.ReadLineAsync());
        }
    }

    [TestMethod]
    public async Task Another_selection_is_in_force_for_running_processes_at_once()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var one = lab.Copy(Curl, "akr-one");
        var two = lab.Copy(Curl, "akr-two");
        await using var host = await lab.StartHostAsync("name=akr-one");
        await lab.FetchAsync(one);
        Assert.AreEqual("akr-one", host.SingleFlow().Name);

        host.Command("select", "name=akr-two");
        await lab.FetchAsync(one);
        await lab.FetchAsync(two);

        Assert.AreEqual("akr-two", host.SingleFlow().Name);
    }

    [TestMethod]
    public async Task Scope_all_takes_every_process_but_the_agent()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("all", "name=akr-one");

        await lab.FetchAsync(Curl);
        await lab.FetchAsync(lab.Copy(Curl, "akr-one"));

        CollectionAssert.AreEqual(new[] { "", "test-app" }, host.TakeFlows().Select(flow => flow.AppId).ToArray());
        Assert.AreEqual(2, host.Counters().Own, "the tunnel's own connections");
    }

    [TestMethod]
    public async Task The_flow_carries_the_process_that_connected_and_its_user()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = lab.Copy(Curl, "akr-curl");
        await Shell.RunAsync("chmod", "755", lab.Folder);
        await using var host = await lab.StartHostAsync("name=akr-curl");

        var pid = await lab.RunAsync("sh", "-c", $"echo $$; exec setpriv --reuid=65534 --clear-groups {program} -s http://{RedirectLab.ServerV4}:443/");

        var flow = host.SingleFlow();
        Assert.AreEqual(pid.Split('\n')[0], flow.Pid.ToString(CultureInfo.InvariantCulture));
        Assert.AreEqual("nobody", flow.User);
    }
}
