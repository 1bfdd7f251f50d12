using System.Text;
using AktoDivert.Capture;
using AktoDivert.Capture.Fleet;
using AktoDivert.Capture.Upload;
using AktoDivert.Core.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.FunctionalTests.Capture;

[TestClass]
public sealed class UploaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("upload-test-").FullName;
    private readonly AgentCounters _counters = new();
    private readonly CaptureOptions _capture = new();
    private readonly ExchangeRing _ring;
    private readonly RecordOutbox _outbox = new(200, 16 << 20);
    private int _made;

    public UploaderTests() => _ring = new ExchangeRing(_capture, _counters);

    public required TestContext TestContext { get; init; }

    public void Dispose()
    {
        _outbox.Dispose();
        _ring.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [TestMethod]
    public async Task Records_arrive_in_order_with_the_raw_token()
    {
        await using var console = await FakeConsole.StartAsync();
        await RunAsync(console, async _ =>
        {
            Make(250);
            await console.UntilAsync(() => console.Taken.Count == 250, TestContext.CancellationToken);
        });
        AssertTaken(console, 250);
        Assert.IsTrue(console.Tokens.All(t => t == "the-token"));
        Assert.IsLessThanOrEqualTo(5, console.Posts);
        Assert.AreEqual(250, _counters["upload.sent"]);
    }

    [TestMethod]
    public async Task A_console_that_is_down_for_a_while_loses_nothing_and_gets_nothing_twice()
    {
        await using var console = await FakeConsole.StartAsync();
        var isDown = true;
        console.Judge = (_, _) => isDown ? 503 : 200;
        await RunAsync(console, async uploader =>
        {
            for (var i = 0; i < 20; i++)
            {
                Make(15);
                await Task.Yield();
            }

            await console.UntilAsync(() => uploader.State == UploadState.Unreachable && uploader.SpoolRecords == 300, TestContext.CancellationToken);
            isDown = false;
            await console.UntilAsync(() => console.Taken.Count >= 300, TestContext.CancellationToken);
            Make(10);
            await console.UntilAsync(() => console.Taken.Count >= 310 && uploader.State == UploadState.Sending, TestContext.CancellationToken);
            Assert.AreEqual(0, uploader.SpoolRecords);
        });
        AssertTaken(console, 310);
    }

    [TestMethod]
    public async Task What_is_in_memory_at_the_stop_is_sent_by_the_next_run()
    {
        await using var console = await FakeConsole.StartAsync();
        console.Judge = (_, _) => 503;
        await RunAsync(console, async uploader =>
        {
            Make(40);
            await console.UntilAsync(() => uploader.State == UploadState.Unreachable, TestContext.CancellationToken);
            Make(5);
        });
        Assert.AreEqual(0, _outbox.Count);
        console.Judge = (_, _) => 200;
        await RunAsync(console, _ => console.UntilAsync(() => console.Taken.Count >= 45, TestContext.CancellationToken));
        AssertTaken(console, 45);
    }

    [TestMethod]
    public async Task One_poisoned_record_does_not_hold_up_the_others()
    {
        await using var console = await FakeConsole.StartAsync();
        console.Judge = (_, ids) => ids.Contains("7") ? 422 : 200;
        await RunAsync(console, async _ =>
        {
            Make(30);
            await console.UntilAsync(() => console.Taken.Count == 29 && _counters["upload.dropped.refused"] == 1, TestContext.CancellationToken);
        });
        Assert.IsFalse(console.Taken.Contains("7"));
    }

    [TestMethod]
    public async Task A_pause_that_the_console_asks_for_is_kept()
    {
        await using var console = await FakeConsole.StartAsync();
        var times = new List<long>();
        console.Judge = (context, _) =>
        {
            times.Add(TimeProvider.System.GetTimestamp());
            context.Response.Headers.RetryAfter = "1";
            return times.Count == 1 ? 429 : 200;
        };
        await RunAsync(console, async _ =>
        {
            Make(1);
            await console.UntilAsync(() => console.Taken.Count == 1, TestContext.CancellationToken);
        });
        Assert.IsGreaterThanOrEqualTo(0.95, TimeProvider.System.GetElapsedTime(times[0], times[1]).TotalSeconds);
    }

    [TestMethod]
    public async Task A_refused_token_is_said_and_a_new_one_taken_at_once()
    {
        await using var console = await FakeConsole.StartAsync();
        var path = Path.Combine(_directory, "token");
        File.WriteAllText(path, "expired");
        console.Judge = (context, _) => context.Request.Headers.Authorization == "fresh" ? 200 : 401;
        await RunAsync(console, async uploader =>
        {
            Make(3);
            await console.UntilAsync(() => uploader.State == UploadState.TokenRefused && uploader.SpoolRecords == 3, TestContext.CancellationToken);
            File.WriteAllText(path, "fresh");
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(40));
            await console.UntilAsync(() => console.Taken.Count == 3, TestContext.CancellationToken);
        }, path);
        Assert.AreEqual(2, console.Posts);
    }

    private async Task RunAsync(FakeConsole console, Func<Uploader, Task> body, string? tokenPath = null)
    {
        var token = new TokenSource(tokenPath, "the-token");
        using var client = new ConsoleClient(console.ClientOptions, token, TimeProvider.System);
        var options = new UploadOptions
        {
            SpoolDirectory = Path.Combine(_directory, "spool"),
            MaxAge = TimeSpan.FromMilliseconds(50),
            IdleAge = TimeSpan.FromMilliseconds(10),
            BackoffFirst = TimeSpan.FromMilliseconds(20),
            BackoffMost = TimeSpan.FromMilliseconds(100),
        };
        using var uploader = new Uploader(_ring, _outbox, client, token, options, _capture, _counters, TimeProvider.System, new Random(1), NullLogger<Uploader>.Instance);
        await uploader.StartAsync(TestContext.CancellationToken);
        try
        {
            await body(uploader);
        }
        finally
        {
            await uploader.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(3));
        }

        Assert.AreEqual(UploadState.Stopped, uploader.State);
    }

    private void Make(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _outbox.Add(Encoding.UTF8.GetBytes($$"""{"id":"{{_made++}}"}"""));
        }
    }

    private static void AssertTaken(FakeConsole console, int count) =>
        CollectionAssert.AreEqual(Enumerable.Range(0, count).Select(i => $"{i}").ToArray(), console.Taken.ToArray());
}
