namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>What is started is gone afterwards, and the machine is as it was.</summary>
[TestClass]
[TestCategory("System")]
public sealed class CleanUpTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(400_000)]
    public async Task Nothing_is_left_after_the_product_has_run()
    {
        var cancellation = TestContext.CancellationToken;
        var before = await Traces.ReadAsync();
        await using (var product = await ProductInLab.StartAsync(cancellation))
        {
            Assert.AreEqual(0, (await product.CurlAsync(cancellation, "https://api.openai.com/echo")).ExitCode);
            Assert.AreNotEqual(before, await Traces.ReadAsync());
        }

        Assert.AreEqual(before, await Traces.ReadAsync());
    }

    [TestMethod]
    [Timeout(400_000)]
    public async Task Nothing_of_a_killed_agent_stays_in_the_kernel()
    {
        var cancellation = TestContext.CancellationToken;
        var before = await Traces.ReadAsync();
        await using (var product = await ProductInLab.StartAsync(cancellation))
        {
            await ProductInLab.SignalAsync((await product.StatusAsync(cancellation)).Pid, "KILL");
            await Until.TrueAsync(
                async () => BpfOf(await Traces.ReadAsync()) == BpfOf(before), TimeSpan.FromSeconds(5), () => "BPF programs stay loaded", cancellation);
        }

        Assert.AreEqual(before, await Traces.ReadAsync());
    }

    private static string BpfOf(string traces) => traces.Split('\n').Single(line => line.StartsWith("bpf ", StringComparison.Ordinal));
}
