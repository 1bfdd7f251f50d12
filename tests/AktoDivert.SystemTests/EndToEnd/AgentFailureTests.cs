namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>The agent dies, stops and starts anew while apps make calls.</summary>
[TestClass]
[TestCategory("System")]
public sealed class AgentFailureTests
{
    private const int HangLimitMilliseconds = 5000;
    private const int NewConnectionsHangMilliseconds = 3000;

    private static ProductInLab s_product = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => s_product = await ProductInLab.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await s_product.DisposeAsync();

    [TestMethod]
    [Timeout(120_000)]
    public async Task A_killed_agent_leaves_new_connections_direct_at_once_and_none_hanging()
    {
        await using var load = await StartLoadAsync();
        var pid = (await s_product.StatusAsync(Cancellation)).Pid;
        var killed = Now();
        await ProductInLab.SignalAsync(pid, "KILL");
        await AnsweredOnNewConnectionsAsync(load, since: killed, calls: 20);
        await RestartAsync();
        await RedirectedAgainAsync();

        var calls = await load.StopAsync(Cancellation);
        AssertNoneHung(calls);
        // The moment of the kill itself may cut what is on its way.
        AssertAllAnswered(calls.Where(call => call.IsOnNewConnection && call.Started > killed + 250 && !IsAtRestart(call)));
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task A_stopped_agent_leaves_new_connections_direct_within_3_seconds_and_none_hanging_over_5()
    {
        await using var load = await StartLoadAsync();
        var pid = (await s_product.StatusAsync(Cancellation)).Pid;
        var stopped = Now();
        await ProductInLab.SignalAsync(pid, "STOP");
        var ended = await Until.TrueAsync(
            () => Task.FromResult(!IsAlive(pid)), TimeSpan.FromSeconds(10), () => "the stopped agent still holds its connections", Cancellation);
        TestContext.WriteLine($"the stopped agent was ended after {ended.TotalSeconds:0.00} s");
        await AnsweredOnNewConnectionsAsync(load, since: stopped + NewConnectionsHangMilliseconds, calls: 20);
        await RestartAsync();
        await RedirectedAgainAsync();

        var calls = await load.StopAsync(Cancellation);
        AssertNoneHung(calls);
        AssertAllAnswered(calls.Where(call => call.IsOnNewConnection && call.Started > stopped + NewConnectionsHangMilliseconds && !IsAtRestart(call)));
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task A_stop_of_a_second_loses_no_call()
    {
        await using var load = await StartLoadAsync();
        var pid = (await s_product.StatusAsync(Cancellation)).Pid;
        await ProductInLab.SignalAsync(pid, "STOP");
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        await ProductInLab.SignalAsync(pid, "CONT");
        var continued = Now();
        await AnsweredOnNewConnectionsAsync(load, since: continued, calls: 10);

        var calls = await load.StopAsync(Cancellation);
        AssertNoneHung(calls);
        AssertAllAnswered(calls);
        Assert.AreEqual(pid, (await s_product.StatusAsync(Cancellation)).Pid);
        await RedirectedAgainAsync();
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task A_restart_in_order_hangs_no_connection()
    {
        await using var load = await StartLoadAsync();
        var started = Now();
        await RestartAsync();
        await RedirectedAgainAsync();
        await AnsweredOnNewConnectionsAsync(load, since: Now(), calls: 10);
        var calls = await load.StopAsync(Cancellation);
        AssertNoneHung(calls);
        var cut = calls.Count(call => !call.IsOk);
        TestContext.WriteLine($"{calls.Count(call => call.Started >= started)} calls during and after the restart, {cut} cut");
        AssertAllAnswered(calls.Where(call => call.IsOnNewConnection && !IsAtRestart(call)));
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task Settings_of_the_console_outlive_the_agent_while_the_console_is_away()
    {
        const string pattern = "kept.example.org";
        await s_product.PutPatternAsync(pattern, true, Cancellation);
        await InForceAsync(pattern);
        await s_product.Demo.StopConsoleAsync();
        try
        {
            await ProductInLab.SignalAsync((await s_product.StatusAsync(Cancellation)).Pid, "KILL");
            await RestartAsync();
            await InForceAsync(pattern);
        }
        finally
        {
            await s_product.Demo.StartConsoleAsync(CancellationToken.None);
            await s_product.DeletePatternAsync(pattern, CancellationToken.None);
        }
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static bool IsAlive(int pid) => File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private readonly List<(long From, long Until)> _restarts = [];

    // While the agent stops and starts, the redirect is swapped under a connection that is being made: it may be refused, never held.
    private bool IsAtRestart(LoadCall call) => _restarts.Any(restart => call.Started + call.Milliseconds >= restart.From && call.Started <= restart.Until);

    private Task<Load> StartLoadAsync() => Load.StartAsync(s_product, "/echo?failure=NUMBER", 6, TimeSpan.FromMilliseconds(40), Cancellation);

    private async Task RestartAsync()
    {
        var from = Now();
        await s_product.Demo.StopAgentAsync();
        await s_product.Demo.StartAgentAsync(Cancellation);
        _restarts.Add((from, Now()));
    }

    private async Task RedirectedAgainAsync()
    {
        var since = DateTimeOffset.UtcNow;
        var after = await Until.TrueAsync(
            async () =>
            {
                await s_product.CurlAsync(Cancellation, "https://api.anthropic.com/echo");
                return (await s_product.FlowsAsync("api.anthropic.com", since, Cancellation)).Any(flow => flow.Action == "Intercept");
            },
            TimeSpan.FromSeconds(15),
            () => "new connections are not redirected again",
            Cancellation);
        TestContext.WriteLine($"redirected again after {after.TotalSeconds:0.00} s");
    }

    private async Task InForceAsync(string host) => await Until.TrueAsync(
        async () => (await s_product.ExplainAsync("curl", host, Cancellation)).Rule == host, TimeSpan.FromSeconds(10), () => $"{host} is not in force", Cancellation);

    private async Task AnsweredOnNewConnectionsAsync(Load load, long since, int calls) => await Until.TrueAsync(
        () => Task.FromResult(load.Calls.Count(call => call.IsOnNewConnection && call.IsOk && call.Started >= since) >= calls),
        TimeSpan.FromSeconds(30),
        () => "new connections are not answered",
        Cancellation);

    private void AssertNoneHung(IReadOnlyList<LoadCall> calls)
    {
        var longest = calls.MaxBy(call => call.Milliseconds)!;
        TestContext.WriteLine($"{calls.Count} calls, {calls.Count(call => !call.IsOk)} failed ({string.Join(", ", calls.Where(call => !call.IsOk).GroupBy(call => call.Outcome).Select(group => $"{group.Count()} {group.Key}"))}), "
            + $"longest {longest.Milliseconds} ms by worker {longest.Worker}");
        Assert.IsLessThan(HangLimitMilliseconds, longest.Milliseconds);
    }

    private static void AssertAllAnswered(IEnumerable<LoadCall> calls) =>
        Assert.AreEqual("", string.Join('\n', calls.Where(call => !call.IsOk)));
}
