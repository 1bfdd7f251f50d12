using AktoDivert.Proxy.Classify;
using AktoDivert.Tests.Shared;

namespace AktoDivert.SystemTests.Redirect;

/// <summary>Connections that go direct because of their destination: what passes, what is held back, and what is told of them.</summary>
[TestClass]
[TestCategory("System")]
public sealed class DirectTests
{
    private const string Host = "www.example.com";
    private const string Client = "name=AktoDivert.RedirectHost";
    private const string ServerV4 = RedirectLab.ServerV4 + ":8443";
    private const string ServerV6 = "[" + RedirectLab.ServerV6 + "]:8443";

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(RedirectLab.ServerV4, Host, "")]
    [DataRow(RedirectLab.ServerV4, "WWW.Example.COM", "")]
    [DataRow(RedirectLab.ServerV4, "not a host\nname", "")]
    [DataRow("[" + RedirectLab.ServerV6 + "]", Host, "")]
    [DataRow("[::ffff:" + RedirectLab.ServerV4 + "]", Host, "")]
    [DataRow(RedirectLab.ServerV4, Host, "piece=1")]
    [DataRow(RedirectLab.ServerV4, Host, "padded=9000")]
    [DataRow(RedirectLab.ServerV4, Host, "more=3000000")]
    [DataRow(RedirectLab.ServerV4, Host, "piece=70,more=100000")]
    [DataRow(RedirectLab.ServerV4, "ai.example.org.example.com", "")]
    [DataRow(RedirectLab.ServerV4, "notai.example.org", "")]
    [DataRow(RedirectLab.ServerV4, "none", "")]
    [DataRow(RedirectLab.ServerV4, "clear", "")]
    [DataRow(RedirectLab.ServerV4, "clear", "piece=3,more=20")]
    [DataRow(RedirectLab.ServerV4, "clear", "piece=5,more=20")]
    [DataRow(RedirectLab.ServerV4, "clear", "piece=1,more=20")]
    [DataRow(RedirectLab.ServerV4, "ok", "")]
    [DataRow(RedirectLab.ServerV4, Host, "piece=3")]
    [DataRow(RedirectLab.ServerV4, Host, "piece=3,more=20")]
    [DataRow(RedirectLab.ServerV4, Host, "piece=50,more=20")]
    public async Task What_is_not_intercepted_goes_direct_as_it_was_sent(string server, string first, string how)
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("direct", Client);
        Hold(host, "ai.example.org", ".example.net", "*.ai.example.com");
        Allow(host, ServerV4);
        Allow(host, ServerV6);

        var echoed = await lab.HelloAsync(server, first, how.Split(',', StringSplitOptions.RemoveEmptyEntries));

        StringAssert.StartsWith(echoed, "echoed ", StringComparison.Ordinal);
        var started = host.NextTold();
        Assert.AreEqual(("started", first is "none" or "clear" or "ok" or "not a host\nname" ? "" : first.ToLowerInvariant(), "test-app"), (started.What, started.Host, started.AppId));
        Assert.AreEqual(server.Contains("db8", StringComparison.Ordinal) ? ServerV6 : ServerV4, started.Destination);
        var ended = host.NextTold();
        Assert.AreEqual("ended", ended.What);
        foreach (var counted in new[] { ended.BytesUp, ended.BytesDown })
        {
            // TCP counts the end of a direction like a byte.
            Assert.IsInRange(0, 1, counted - long.Parse(echoed.AsSpan("echoed ".Length), System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.IsEmpty(host.TakeFlows());
        Assert.AreEqual((1, 0, 0), (host.Counters().Direct, host.Counters().DirectRefused, host.Counters().Redirected));
    }

    [TestMethod]
    [DataRow("ai.example.org", "")]
    [DataRow("AI.Example.ORG", "piece=1")]
    [DataRow("ai.example.org.", "")]
    [DataRow("below.example.net.", "")]
    [DataRow("ai.example.org", "padded=9000")]
    [DataRow("ai.example.org", "more=200000")]
    [DataRow("example.net", "")]
    [DataRow("deep.below.example.net", "")]
    [DataRow("eu.ai.example.com", "")]
    [DataRow("a-name-that-is-longer-than-the-sixty-three-characters.example.info", "")]
    [DataRow("cut", "")]
    public async Task What_is_intercepted_or_cannot_be_read_is_reset_before_it_left_and_redirected_from_then_on(string first, string how)
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("direct", Client);
        await lab.CountLeavingAsync(RedirectLab.AppDevice, "tcp flags psh");
        Hold(host, "ai.example.org", ".example.net", "*.ai.example.com");
        Allow(host, ServerV4);
        var words = how.Split(',', StringSplitOptions.RemoveEmptyEntries);

        var seen = await lab.HelloAsync(RedirectLab.ServerV4, first, words);

        Assert.AreEqual("ConnectionAborted", seen);
        var refused = host.NextTold();
        Assert.AreEqual(("refused", ServerV4), (refused.What, refused.Destination));
        Assert.AreEqual(first == "cut" || first.Length > 63 ? "" : first.ToLowerInvariant().TrimEnd('.'), refused.Host);
        Assert.AreEqual(0, await lab.CountedAsync(RedirectLab.AppDevice));
        Assert.AreEqual(1, host.Counters().DirectRefused);

        StringAssert.StartsWith(await lab.HelloAsync(RedirectLab.ServerV4, first, words), "echoed ", StringComparison.Ordinal);
        Assert.AreEqual(ServerV4, host.SingleFlow().Destination);
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task No_damaged_ClientHello_that_the_agent_would_intercept_passes()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("direct", Client);
        Hold(host, ".ai.example.org");
        using var client = lab.StartInApps(RedirectLab.HostProgram, "bytes", ServerV4);
        var outcomes = new Dictionary<string, int>();
        var random = new Random(20261128);
        for (var i = 0; i < 240; i++)
        {
            Allow(host, ServerV4);
            var whole = new ClientHelloBuilder().Alpn("h2").ServerName(i % 2 == 0 ? "x.ai.example.org" : Host).Versions(0x0304).Records();
            var sent = Damage(random, [.. whole]);
            await client.StandardInput.WriteLineAsync(Convert.ToHexString(sent));

            var outcome = await client.StandardOutput.ReadLineAsync();

            outcomes[outcome!] = outcomes.GetValueOrDefault(outcome!) + 1;
            var read = ClientHelloReader.Read(sent, out var hello, out _);
            var intercepted = read == ClientHelloStatus.Complete && hello?.ServerName?.EndsWith("ai.example.org", StringComparison.Ordinal) == true;
            Assert.IsFalse(intercepted && outcome == "echoed", $"case {i} passed: {Convert.ToHexString(sent)}");
            Assert.IsFalse(sent.AsSpan().SequenceEqual(whole) && hello?.ServerName == Host && outcome != "echoed", $"case {i} {outcome}: {Convert.ToHexString(sent)}");
        }

        client.StandardInput.Close();
        await client.WaitForExitAsync();
        TestContext.WriteLine(string.Join(", ", outcomes));
        Assert.IsTrue(new[] { "echoed", "ConnectionAborted", "silent" }.All(outcomes.ContainsKey), string.Join(", ", outcomes));
        Assert.AreEqual(240, host.Counters().Direct);
    }

    [TestMethod]
    public async Task A_destination_goes_direct_only_while_it_is_allowed()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("direct", Client);
        Assert.AreEqual("ALLOWED\tFalse", host.Command("allow", ServerV4, "60000"), "nothing may be allowed before it is known what is intercepted");
        Hold(host, "ai.example.org");

        // Never allowed, allowed, at another port, withdrawn, past its time, of an older policy.
        Assert.IsFalse(await IsDirectAsync());
        Allow(host, RedirectLab.ServerV4 + ":443");
        Assert.IsFalse(await IsDirectAsync());
        Allow(host, ServerV4);
        Assert.IsTrue(await IsDirectAsync());
        host.Command("withdraw", ServerV4);
        Assert.IsFalse(await IsDirectAsync());
        Assert.AreEqual("ALLOWED\tTrue", host.Command("allow", ServerV4, "0"));
        Assert.IsFalse(await IsDirectAsync());
        Allow(host, ServerV4);
        Hold(host, "other.example.org");
        Assert.IsFalse(await IsDirectAsync());
        Allow(host, ServerV4);
        Assert.IsTrue(await IsDirectAsync());

        async Task<bool> IsDirectAsync()
        {
            var before = host.Counters().Direct;
            StringAssert.StartsWith(await lab.HelloAsync(RedirectLab.ServerV4, Host), "echoed ", StringComparison.Ordinal);
            var flows = host.TakeFlows().Length;
            var direct = host.Counters().Direct - before;
            Assert.AreEqual(1, flows + direct);
            return direct == 1;
        }
    }

    [TestMethod]
    public async Task A_policy_that_intercepts_everything_lets_no_host_pass()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("direct", Client);
        Hold(host, "*.openai.*");
        Allow(host, ServerV4);

        Assert.AreEqual("ConnectionAborted", await lab.HelloAsync(RedirectLab.ServerV4, Host));
    }

    [TestMethod]
    public async Task Where_another_program_watches_sockets_one_connection_is_reset_and_none_goes_direct_any_more()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var other = await lab.StartHostAsync("direct", Client);
        await using var host = await lab.StartHostAsync("direct", Client);
        foreach (var engine in new[] { other, host })
        {
            Hold(engine, "ai.example.org");
            Allow(engine, ServerV4);
        }

        Assert.AreEqual("ConnectionAborted", await lab.HelloAsync(RedirectLab.ServerV4, Host));

        Assert.AreEqual("refused", host.NextTold().What);
        Assert.AreEqual("ALLOWED\tFalse", host.Command("allow", ServerV4, "60000"));
    }

    [TestMethod]
    [DataRow(RedirectLab.ServerV4)]
    [DataRow("[" + RedirectLab.ServerV6 + "]")]
    public async Task A_connection_is_watched_no_longer_once_its_first_bytes_are_acknowledged(string server)
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("direct", Client);
        Hold(host, "ai.example.org");
        Allow(host, ServerV4);
        Allow(host, ServerV6);

        using var client = lab.StartInApps(RedirectLab.HostProgram, "hello", $"{server}:8443", Host, "stay");
        StringAssert.StartsWith(await client.StandardOutput.ReadLineAsync(), "echoed ", StringComparison.Ordinal);

        Assert.AreEqual("started", host.NextTold().What);
        Assert.AreEqual("[]", (await Shell.RunAsync("bpftool", "-j", "map", "dump", "name", "direct_sockets")).Trim());
        client.StandardInput.Close();
        Assert.AreEqual("ended", host.NextTold().What);
        await client.WaitForExitAsync();
    }

    [TestMethod]
    public async Task Two_thousand_connections_are_all_told_of()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync("direct", Client);
        Hold(host, "ai.example.org");
        Allow(host, ServerV4);

        Assert.AreEqual("equal=2000", await lab.RunAsync(RedirectLab.HostProgram, "transfer", RedirectLab.ServerV4, "8443", "0", "2000"));

        Assert.AreEqual(2000, host.Counters().Direct);
        for (var told = 0; told < 4000; told++)
        {
            Assert.AreNotEqual("refused", host.NextTold().What);
        }

        Assert.AreEqual(0, host.Counters().Lost);
    }

    [TestMethod]
    public async Task Without_the_wish_nothing_of_it_is_loaded()
    {
        await using var lab = await RedirectLab.CreateAsync();
        await using var host = await lab.StartHostAsync(Client);

        Assert.AreEqual("HELD\tFalse", host.Command("hold", "ai.example.org"));
        Assert.AreEqual("ALLOWED\tFalse", host.Command("allow", ServerV4, "60000"));
        StringAssert.StartsWith(await lab.HelloAsync(RedirectLab.ServerV4, Host), "echoed ", StringComparison.Ordinal);
        Assert.AreEqual(ServerV4, host.SingleFlow().Destination);
    }

    // Nothing, one byte, a few bytes in a row, or the end is damaged.
    private static byte[] Damage(Random random, byte[] bytes)
    {
        switch (random.Next(8))
        {
            case 0:
                return bytes;
            case 1:
                return bytes[..random.Next(1, bytes.Length)];
            case < 5:
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length - 4), 4));
                return bytes;
            default:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
        }
    }

    private static void Hold(RedirectHostProcess host, params string[] areas) => Assert.AreEqual("HELD\tTrue", host.Command(["hold", .. areas]));

    private static void Allow(RedirectHostProcess host, string destination) => Assert.AreEqual("ALLOWED\tTrue", host.Command("allow", destination, "60000"));
}
