using AktoDivert.Console.Components;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class GatheredTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Many_requests_cost_one_refresh_and_one_more_for_those_that_came_while_it_ran()
    {
        var (runs, started, release) = (0, new SemaphoreSlim(0), new SemaphoreSlim(0));
        using var gathered = new Gathered(
            async () =>
            {
                runs++;
                started.Release();
                await release.WaitAsync(TestContext.CancellationToken);
            },
            TimeSpan.FromMilliseconds(1),
            TimeProvider.System);

        Ask(gathered, 100);
        await started.WaitAsync(TestContext.CancellationToken);
        Ask(gathered, 100);
        release.Release();
        await started.WaitAsync(TestContext.CancellationToken);
        release.Release();

        Assert.AreEqual(2, runs);
        Ask(gathered, 1);
        await started.WaitAsync(TestContext.CancellationToken);
        Assert.AreEqual(3, runs);
    }

    [TestMethod]
    public void Nothing_is_refreshed_for_a_page_that_is_gone()
    {
        var runs = 0;
        var gathered = new Gathered(() => Task.FromResult(runs++), TimeSpan.FromHours(1), TimeProvider.System);
        gathered.Ask();
        gathered.Dispose();
        gathered.Ask();

        Assert.AreEqual(0, runs);
    }

    private static void Ask(Gathered gathered, int times)
    {
        for (var i = 0; i < times; i++)
        {
            gathered.Ask();
        }
    }
}
