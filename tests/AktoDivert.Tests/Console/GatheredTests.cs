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
            TimeProvider.System,
            NotExpected);

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
        var gathered = new Gathered(() => Task.FromResult(runs++), TimeSpan.FromHours(1), TimeProvider.System, NotExpected);
        gathered.Ask();
        gathered.Dispose();
        gathered.Ask();

        Assert.AreEqual(0, runs);
    }

    [TestMethod]
    public async Task A_refresh_that_fails_is_told_once_tried_again_and_followed_by_others()
    {
        var (runs, worked, told) = (0, new SemaphoreSlim(0), new List<string>());
        using var gathered = new Gathered(
            () =>
            {
                if (++runs <= 3)
                {
                    throw new InvalidOperationException($"The database is away, {runs}.");
                }

                worked.Release();
                return Task.CompletedTask;
            },
            TimeSpan.FromMilliseconds(1),
            TimeProvider.System,
            fault => told.Add(fault.Message));

        gathered.Ask();
        await worked.WaitAsync(TestContext.CancellationToken);
        CollectionAssert.AreEqual(new[] { "The database is away, 1." }, told);
        gathered.Ask();
        await worked.WaitAsync(TestContext.CancellationToken);
        Assert.AreEqual(5, runs);
    }

    [TestMethod]
    public async Task A_time_out_of_the_database_is_a_failure_and_not_the_end()
    {
        var (runs, worked) = (0, new SemaphoreSlim(0));
        using var gathered = new Gathered(
            () => ++runs == 1 ? Task.FromException(new OperationCanceledException()) : Task.FromResult(worked.Release()),
            TimeSpan.FromMilliseconds(1),
            TimeProvider.System,
            _ => { });

        gathered.Ask();
        await worked.WaitAsync(TestContext.CancellationToken);
        Assert.AreEqual(2, runs);
    }

    private static void NotExpected(Exception fault) => Assert.Fail(fault.Message);

    private static void Ask(Gathered gathered, int times)
    {
        for (var i = 0; i < times; i++)
        {
            gathered.Ask();
        }
    }
}
