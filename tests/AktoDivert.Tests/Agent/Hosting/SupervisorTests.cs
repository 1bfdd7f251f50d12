using System.Diagnostics;
using System.IO.Pipelines;
using AktoDivert.Agent.Hosting;

namespace AktoDivert.Tests.Agent.Hosting;

[TestClass]
[OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
public sealed class SupervisorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task A_process_whose_beats_stay_away_is_ended()
    {
        using var process = Process.Start("sleep", "300");
        var pipe = new Pipe();
        var watching = Supervisor.WatchAsync(process.Id, Limit, pipe.Reader.AsStream(), TestContext.CancellationToken);
        await pipe.Writer.WriteAsync(new byte[] { 1 }, TestContext.CancellationToken);
        Assert.IsTrue(await watching);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreNotEqual(0, process.ExitCode);
    }

    [TestMethod]
    public async Task A_process_that_ends_in_order_is_left_alone()
    {
        using var process = Process.Start("sleep", "300");
        var pipe = new Pipe();
        var watching = Supervisor.WatchAsync(process.Id, TimeSpan.FromMinutes(5), pipe.Reader.AsStream(), TestContext.CancellationToken);
        await pipe.Writer.WriteAsync(new byte[] { 1, 1 }, TestContext.CancellationToken);
        await pipe.Writer.CompleteAsync();
        Assert.IsFalse(await watching);
        Assert.IsFalse(process.HasExited);
        process.Kill();
    }

    [TestMethod]
    public async Task A_process_that_is_gone_needs_no_watching()
    {
        using var process = Process.Start("true");
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.IsFalse(await Supervisor.WatchAsync(process.Id, Limit, new MemoryStream(), TestContext.CancellationToken));
    }
}
