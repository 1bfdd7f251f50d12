using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Hosting;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Agent.Policy;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.Tests.Agent.Control;

[TestClass]
public sealed class ControlServerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Bad_lines_are_answered_and_the_connection_goes_on()
    {
        await using var agent = await StartAsync();
        await using var stream = await agent.ConnectAsync();
        using var reader = new StreamReader(stream);
        foreach (var bad in new[] { "nonsense", "[]", "{\"op\":\"no-such\"}", "null", "{\"op\":\"explain\"}", "{\"op\":\"domain-add\",\"list\":\"x\"}" })
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(bad + "\n"));
            StringAssert.Contains(await reader.ReadLineAsync().WaitAsync(Limit), "\"error\"", bad);
        }

        await stream.WriteAsync("{\"op\":\"policy\"}\n"u8.ToArray());
        StringAssert.Contains(await reader.ReadLineAsync().WaitAsync(Limit), "\"policy\"");
    }

    [TestMethod]
    public async Task A_line_that_never_ends_ends_the_connection()
    {
        await using var agent = await StartAsync();
        await using var stream = await agent.ConnectAsync();
        var read = stream.ReadAsync(new byte[1]).AsTask();
        try
        {
            await stream.WriteAsync(new byte[ControlServer.MostRequestBytes * 4]);
            Assert.AreEqual(0, await read.WaitAsync(Limit));
        }
        catch (IOException)
        {
            // Reset while bytes were still on their way: ended all the same.
        }
    }

    [TestMethod]
    public async Task The_socket_is_for_its_owner_alone()
    {
        await using var agent = await StartAsync();
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(agent.State.Options.ControlSocket));
        }
    }

    [TestMethod]
    public async Task A_pattern_added_by_a_command_is_in_force_in_the_agent()
    {
        await using var agent = await StartAsync();
        var added = await agent.State.RunAsync(["patterns", "add", "new.example", "--mode", "false"]);
        Assert.AreEqual(ExitCode.Done, added.Code, added.Error);
        Assert.AreEqual("new.example", agent.Policy.Provider.Current.Settings.Patterns.Single().Pattern);
        var listed = await agent.State.RunAsync(["patterns", "list"]);
        StringAssert.Contains(listed.Out, "bypass");
        var refused = await agent.State.RunAsync(["patterns", "remove", "other.example"]);
        Assert.AreEqual(ExitCode.Failed, refused.Code);
        StringAssert.Contains(refused.Error, "there is no pattern other.example");
    }

    [TestMethod]
    public async Task Learned_passthroughs_are_pinned_and_cleared_by_commands()
    {
        await using var agent = await StartAsync();
        agent.Policy.Provider.Learned.Learn("claude", "api.anthropic.com", "the app refused our certificate");
        Assert.AreEqual(ExitCode.Done, (await agent.State.RunAsync(["learned", "pin", "claude", "api.anthropic.com"])).Code);
        Assert.IsTrue(agent.Policy.Provider.Learned.Find("claude", "api.anthropic.com")!.IsPinned);
        Assert.AreEqual(ExitCode.Done, (await agent.State.RunAsync(["learned", "clear", "claude", "api.anthropic.com"])).Code);
        Assert.IsNull(agent.Policy.Provider.Learned.Find("claude", "api.anthropic.com"));
    }

    [TestMethod]
    public async Task Tail_sends_flows_and_calls_as_they_happen()
    {
        await using var agent = await StartAsync();
        await using var client = await ControlClient.ConnectAsync(agent.State.Options.ControlSocket, TestContext.CancellationToken);
        await client.AskAsync(new ControlRequest { Op = ControlOps.Tail, Flows = true, Calls = true }, TestContext.CancellationToken);
        var lines = client.FollowAsync(TestContext.CancellationToken).GetAsyncEnumerator(TestContext.CancellationToken);
        var call = await NextAsync(lines);
        Assert.AreEqual("/v1/messages", call.Call!.Path);

        var flow = FlowOf(1);
        var next = NextAsync(lines);
        while (!next.IsCompleted)
        {
            // The subscription starts on the agent's side in its own time; a flow before it is not sent.
            agent.Flows.Classified(flow);
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.CancellationToken));
        }

        Assert.AreEqual("api.anthropic.com", (await next).Flow!.Host);
    }

    [TestMethod]
    public async Task Explain_says_whether_it_comes_from_the_agent()
    {
        await using var agent = await StartAsync();
        agent.Policy.Provider.Learned.Learn("claude", "api.anthropic.com", "the app refused our certificate");
        var explained = await agent.State.RunAsync(["explain", "claude", "api.anthropic.com", "--json"]);
        StringAssert.Contains(explained.Out, "\"source\":\"LearnedPassthrough\"");
        StringAssert.Contains(explained.Out, "\"from\":\"agent\"");
    }

    internal static Flow FlowOf(ulong id) => new(
        new RedirectedFlow(id, new IPEndPoint(IPAddress.Parse("203.0.113.7"), 443), new ProcessIdentity { Pid = 42, Name = "claude", AppId = "claude-code", Arguments = ["claude", "a secret prompt"] }),
        DateTimeOffset.UnixEpoch)
    {
        Class = ConnectionClass.Tls,
        ClientHello = new ClientHelloFacts("api.anthropic.com", [], true, HasEch: true, "t13d"),
        Decision = new PolicyDecision(InterceptAction.Intercept, RuleSource.AiDomain, "anthropic.com", "an AI domain"),
    };

    private static async Task<ControlResponse> NextAsync(IAsyncEnumerator<ControlResponse> lines)
    {
        Assert.IsTrue(await lines.MoveNextAsync().AsTask().WaitAsync(Limit));
        return lines.Current;
    }

    private static async Task<RunningControl> StartAsync()
    {
        var state = new TemporaryState();
        var policy = new PolicyStore(state.Options, null, TimeProvider.System);
        var flows = new FlowLog(new AgentCounters());
        var answers = new ControlAnswers(
            () => throw new InvalidOperationException("not asked here"),
            new PolicyAnswers(policy, TimeProvider.System, "agent", () => ConstraintDomains.From(policy.Provider.Current.Settings), _ => true),
            flows,
            new OneCall());
        var server = new ControlServer(state.Options, answers, NullLogger<ControlServer>.Instance);
        await server.StartAsync(CancellationToken.None);
        return new RunningControl(state, policy, flows, server);
    }

    private sealed record RunningControl(TemporaryState State, PolicyStore Policy, FlowLog Flows, ControlServer Server) : IAsyncDisposable
    {
        public async Task<Stream> ConnectAsync() =>
            await ControlAddress.TryConnectAsync(State.Options.ControlSocket, CancellationToken.None) ?? throw new AssertFailedException("nobody listens");

        public async ValueTask DisposeAsync()
        {
            await Server.StopAsync(CancellationToken.None);
            Server.Dispose();
            State.Dispose();
        }
    }

    private sealed class OneCall : ICallFeed
    {
        public async IAsyncEnumerable<IngestRecord> FollowAsync(bool recent, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return new IngestRecord
            {
                Path = "/v1/messages", RequestHeaders = "{}", ResponseHeaders = "{}", Method = "POST", RequestPayload = "", ResponsePayload = "", Ip = "", DestinationIp = "",
                Time = "0", StatusCode = "200", Type = "HTTP/2", Status = "200", VxlanId = "", Tag = "{}",
            };
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
