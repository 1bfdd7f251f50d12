using AktoDivert.Core.Threading;

namespace AktoDivert.Tests.Core.Threading;

[TestClass]
public sealed class PulseTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task It_wakes_who_waits_and_is_kept_once_for_who_comes_later()
    {
        using var pulse = new Pulse();
        var waiting = pulse.WaitAsync(Timeout.InfiniteTimeSpan, TestContext.CancellationToken);
        Assert.IsFalse(waiting.IsCompleted);
        pulse.Set();
        Assert.IsTrue(await waiting);
        pulse.Set();
        pulse.Set();
        Assert.IsTrue(await pulse.WaitAsync(Long, TestContext.CancellationToken));
        Assert.IsFalse(await pulse.WaitAsync(TimeSpan.FromMilliseconds(1), TestContext.CancellationToken));
        Assert.IsFalse(await pulse.WaitAsync(TimeSpan.Zero, TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task A_wait_is_not_ended_by_the_time_of_the_one_before()
    {
        using var pulse = new Pulse();
        using var clock = new Pulse();
        for (var i = 0; i < 50; i++)
        {
            // Its timer is under way while the next wait begins.
            var first = pulse.WaitAsync(TimeSpan.FromMilliseconds(1), TestContext.CancellationToken);
            pulse.Set();
            if (!await first)
            {
                // The time was over before the pulse came, which is there for the next wait.
                Assert.IsTrue(await pulse.WaitAsync(Timeout.InfiniteTimeSpan, TestContext.CancellationToken));
                continue;
            }

            var second = pulse.WaitAsync(Timeout.InfiniteTimeSpan, TestContext.CancellationToken);
            Assert.IsFalse(await clock.WaitAsync(TimeSpan.FromMilliseconds(3), TestContext.CancellationToken));
            Assert.IsFalse(second.IsCompleted);
            pulse.Set();
            Assert.IsTrue(await second);
        }
    }

    [TestMethod]
    public async Task A_cancelled_wait_throws_and_leaves_the_next_one_whole()
    {
        using var pulse = new Pulse();
        using var cancellation = new CancellationTokenSource();
        var waiting = pulse.WaitAsync(Long, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAsync<OperationCanceledException>(() => pulse.WaitAsync(Long, cancellation.Token).AsTask());
        pulse.Set();
        Assert.IsTrue(await pulse.WaitAsync(Long, TestContext.CancellationToken));
    }

    [TestMethod]
    public void Two_may_not_wait()
    {
        using var pulse = new Pulse();
        _ = pulse.WaitAsync(Long, TestContext.CancellationToken).AsTask();
        Assert.ThrowsExactly<InvalidOperationException>(() => pulse.WaitAsync(Long, TestContext.CancellationToken).AsTask());
        pulse.Set();
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Of_many_pulses_from_many_threads_none_is_lost()
    {
        using var pulse = new Pulse();
        var (made, taken) = (0, 0);
        var producers = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                Interlocked.Increment(ref made);
                pulse.Set();
            }
        })));

        // Whoever has made something and set the pulse is seen, or the wait is endless.
        while (taken < 80_000)
        {
            await pulse.WaitAsync(Timeout.InfiniteTimeSpan, TestContext.CancellationToken);
            taken = Volatile.Read(ref made);
        }

        await producers;
    }
}
