namespace AktoDivert.SystemTests.Redirect;

/// <summary>Each way to connect: taken over or left alone, and what the app sees of it.</summary>
[TestClass]
[TestCategory("System")]
public sealed class ConnectTests
{
    private const int NetworkUnreachable = 101;

    [TestMethod]
    [DataRow("plain", RedirectLab.ServerV4, RedirectLab.AppV4)]
    [DataRow("plain", RedirectLab.ServerV6, RedirectLab.AppV6)]
    [DataRow("plain", "::ffff:" + RedirectLab.ServerV4, "::ffff:" + RedirectLab.AppV4)]
    [DataRow("bound", RedirectLab.ServerV4, RedirectLab.AppV4)]
    [DataRow("bound", RedirectLab.ServerV6, RedirectLab.AppV6)]
    [DataRow("nonblock", RedirectLab.ServerV4, RedirectLab.AppV4)]
    [DataRow("nonblock", RedirectLab.ServerV6, RedirectLab.AppV6)]
    [DataRow("tfo", RedirectLab.ServerV4, RedirectLab.AppV4)]
    [DataRow("io_uring", RedirectLab.ServerV4, RedirectLab.AppV4)]
    [DataRow("mptcp", RedirectLab.ServerV4, RedirectLab.AppV4)]
    public async Task A_selected_program_is_redirected_and_sees_what_it_would_see_without_us(string kind, string destination, string source)
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        var direct = await lab.RunAsync(program, kind, destination, "443", source);
        StringAssert.Contains(direct, "reply=hello", StringComparison.Ordinal);
        await using var host = await lab.StartHostAsync("name=akr-variants");

        Assert.AreEqual(direct, await lab.RunAsync(program, kind, destination, "443", source));

        var flow = host.SingleFlow();
        Assert.AreEqual(destination.Contains("db8", StringComparison.Ordinal) ? $"[{destination}]:443" : $"{RedirectLab.ServerV4}:443", flow.Destination);
        Assert.AreEqual("akr-variants", flow.Name);
        Assert.AreEqual(program, flow.Path);
        Assert.AreEqual("test-app", flow.AppId);
        Assert.AreEqual("root", flow.User);
        Assert.AreEqual(1, host.Counters().Redirected);
    }

    [TestMethod]
    [DataRow("name=another-name", "443", RedirectLab.ServerV4)]
    [DataRow("name=akr-variants", "8080", RedirectLab.ServerV4)]
    [DataRow("name=akr-variants", "443", "127.0.0.1")]
    [DataRow("name=akr-variants", "443", "::1")]
    [DataRow("name=akr-variants", "443", "::ffff:127.0.0.1")]
    [DataRow("name=akr-variants", "443", "0.0.0.0")]
    public async Task Other_programs_ports_and_loopback_stay_direct(string selected, string port, string destination)
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        await using var host = await lab.StartHostAsync(selected);

        await lab.RunAsync(program, "plain", destination, port);

        Assert.IsEmpty(host.Flows);
        Assert.AreEqual(0, host.Counters().Redirected);
    }

    [TestMethod]
    public async Task A_socket_bound_to_a_device_passes_untouched_and_is_counted()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        await using var host = await lab.StartHostAsync("name=akr-variants");

        var seen = await lab.RunAsync(program, "device", RedirectLab.ServerV4, "443", RedirectLab.AppDevice);

        StringAssert.Contains(seen, "reply=hello", StringComparison.Ordinal);
        Assert.AreEqual(1, host.Counters().BoundToDevice);
        Assert.IsEmpty(host.Flows);
    }

    [TestMethod]
    public async Task Another_network_namespace_passes_untouched_and_is_counted()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        await using var host = await lab.StartHostAsync("name=akr-variants");

        var seen = await lab.RunInOtherNamespaceAsync(program, "plain", RedirectLab.ServerV4, "443");

        StringAssert.Contains(seen, "reply=hello", StringComparison.Ordinal);
        Assert.AreEqual(1, host.Counters().OtherNamespace);
        Assert.IsEmpty(host.Flows);
    }

    [TestMethod]
    public async Task Without_an_IPv6_listener_IPv6_goes_direct_and_is_counted()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        await using var host = await lab.StartHostAsync("name=akr-variants", "no-v6");

        var seen = await lab.RunAsync(program, "plain", RedirectLab.ServerV6, "443");

        StringAssert.Contains(seen, "reply=hello", StringComparison.Ordinal);
        Assert.AreEqual(1, host.Counters().NoListener);
    }

    [TestMethod]
    [DataRow("udp-connect", RedirectLab.ServerV4, "443", NetworkUnreachable)]
    [DataRow("udp-send", RedirectLab.ServerV4, "443", NetworkUnreachable)]
    [DataRow("udp-connect", RedirectLab.ServerV6, "443", NetworkUnreachable)]
    [DataRow("udp-send", RedirectLab.ServerV6, "443", NetworkUnreachable)]
    [DataRow("udp-send", "::ffff:" + RedirectLab.ServerV4, "443", NetworkUnreachable)]
    [DataRow("udp-connect", RedirectLab.ServerV4, "53", 0)]
    [DataRow("udp-send", RedirectLab.ServerV4, "53", 0)]
    public async Task QUIC_of_a_selected_program_is_refused_at_once(string kind, string destination, string port, int result)
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        await using var host = await lab.StartHostAsync("name=akr-variants");

        Assert.AreEqual($"result={result}", await lab.RunAsync(program, kind, destination, port));

        Assert.AreEqual(result == 0 ? 0 : 1, host.Counters().QuicDenied);
    }

    [TestMethod]
    public async Task A_program_that_connects_to_the_listener_itself_is_an_orphan()
    {
        await using var lab = await RedirectLab.CreateAsync();
        var program = await lab.CompileVariantsAsync("akr-variants");
        await using var host = await lab.StartHostAsync("name=akr-variants");

        StringAssert.Contains(await lab.RunAsync(program, "plain", "127.0.0.1", host.Ready[4]), "reply=none", StringComparison.Ordinal);

        Assert.AreEqual("ORPHAN", host.NextAnswer());
        Assert.AreEqual(1, host.Counters().Orphans);
    }
}
