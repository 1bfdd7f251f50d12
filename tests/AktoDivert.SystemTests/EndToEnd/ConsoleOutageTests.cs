using System.Globalization;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>The console is away while apps make calls.</summary>
[TestClass]
[TestCategory("System")]
public sealed class ConsoleOutageTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(1);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [Timeout(400_000)]
    public async Task Every_call_of_a_minute_without_console_is_recorded_exactly_once_afterwards()
    {
        var cancellation = TestContext.CancellationToken;
        await using var product = await ProductInLab.StartAsync(cancellation);
        var mark = $"outage{Guid.NewGuid():n}";
        await using var load = await Load.StartAsync(product, $"/echo?mark={mark}&number=NUMBER", 4, TimeSpan.FromMilliseconds(200), cancellation);

        await product.Demo.StopConsoleAsync();
        var from = load.Calls.Count;
        await Task.Delay(Outage, cancellation);
        var meanwhile = load.Calls.Count - from;
        TestContext.WriteLine($"{meanwhile} calls while the console was away; {(await product.StatusAsync(cancellation)).Upload}");
        await product.Demo.StartConsoleAsync(cancellation);
        var calls = await load.StopAsync(cancellation);

        Assert.IsGreaterThan(100, meanwhile);
        Assert.AreEqual("", string.Join('\n', calls.Where(call => !call.IsOk)));
        var recorded = await product.RecordedAsync(mark, calls.Count, TimeSpan.FromSeconds(120), cancellation);
        CollectionAssert.AreEquivalent(
            calls.Select(call => call.Number).ToArray(),
            recorded.Select(call => int.Parse(call.Path.Split("number=")[1], CultureInfo.InvariantCulture)).ToArray());
    }
}
