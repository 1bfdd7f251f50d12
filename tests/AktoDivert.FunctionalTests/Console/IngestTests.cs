using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

[TestClass]
public sealed class IngestTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task An_uploaded_call_is_stored_with_its_content_when_the_upload_is_acknowledged()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();

        using var answer = await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1"), WireJson.Default.IngestBatch);

        Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        var found = await admin.GetFromJsonAsync<JsonElement>("api/admin/calls/r1");
        var call = found.GetProperty("call");
        Assert.AreEqual("agent-1", call.GetProperty("deviceId").GetString());
        Assert.AreEqual("api.anthropic.com", call.GetProperty("host").GetString());
        Assert.AreEqual("claude-sonnet-4", call.GetProperty("model").GetString());
        Assert.AreEqual("AiDomain .anthropic.com", call.GetProperty("rule").GetString());
        Assert.AreEqual(1780531200123, call.GetProperty("startedMs").GetInt64());
        var content = found.GetProperty("content");
        Assert.AreEqual(Records.Record("r1").RequestPayload, content.GetProperty("requestBody").GetString());
        Assert.AreEqual("application/json", content.GetProperty("responseHeaders").GetProperty("content-type").GetString());
    }

    [TestMethod]
    public async Task A_repeated_upload_is_stored_once()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();

        for (var i = 0; i < 2; i++)
        {
            using var answer = await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1", "r2", "r1"), WireJson.Default.IngestBatch);
            Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.AreEqual(2, (await admin.GetFromJsonAsync<JsonElement>("api/admin/calls")).GetArrayLength());
    }

    [TestMethod]
    public async Task Concurrent_uploads_are_all_stored_in_order_of_arrival()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
        {
            var ids = Enumerable.Range(0, 20).Select(i => $"r{n}-{i}").ToArray();
            using var answer = await device.PostAsJsonAsync("api/ingestData", Records.Batch(ids), WireJson.Default.IngestBatch);
            answer.EnsureSuccessStatusCode();
        }));

        var sequence = (await admin.GetFromJsonAsync<JsonElement>("api/admin/calls?after=0&limit=500")).EnumerateArray()
            .Select(c => c.GetProperty("seq").GetInt64()).ToArray();
        Assert.HasCount(400, sequence);
        CollectionAssert.AreEqual(sequence.Order().ToArray(), sequence);
    }

    [TestMethod]
    public async Task A_record_of_another_client_without_audit_part_is_taken()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();
        var batch = new IngestBatch([Records.Record("x") with { Audit = null }]);

        for (var i = 0; i < 2; i++)
        {
            using var answer = await device.PostAsJsonAsync("api/ingestData", batch, WireJson.Default.IngestBatch);
            Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        }

        var calls = await admin.GetFromJsonAsync<JsonElement>("api/admin/calls");
        Assert.AreEqual(1, calls.GetArrayLength());
        Assert.AreEqual(1780531200000, calls[0].GetProperty("startedMs").GetInt64());
    }

    [TestMethod]
    [DataRow("""{"batchData":null}""")]
    [DataRow("""{"batchData":[null]}""")]
    [DataRow("""{"batchData":[{"path":"/x"}]}""")]
    [DataRow("[]")]
    [DataRow("not json")]
    [DataRow("")]
    public async Task A_bad_batch_is_422_with_action_errors(string body)
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();

        using var answer = await device.PostAsync("api/ingestData", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.AreEqual(1, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("actionErrors").GetArrayLength());
    }

    [TestMethod]
    public async Task A_body_over_ten_mebibytes_is_413()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        device.DefaultRequestHeaders.ExpectContinue = true;

        using var answer = await device.PostAsync("api/ingestData", new ByteArrayContent(new byte[(10 << 20) + 1]));

        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task An_upload_that_finds_no_room_is_429_with_retry_after(bool isChunked)
    {
        await using var console = await RunningConsole.StartAsync(o => o with { IngestCapacity = 100 });
        using var device = await console.DeviceAsync();

        using var answer = await PostAsync(device, Records.Batch("r1"), isChunked);

        Assert.AreEqual(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.IsNotNull(answer.Headers.RetryAfter);
    }

    [TestMethod]
    public async Task A_chunked_upload_takes_only_the_room_that_it_fills()
    {
        await using var console = await RunningConsole.StartAsync(o => o with { IngestCapacity = 16 << 10 });
        using var device = await console.DeviceAsync();

        for (var i = 0; i < 50; i++)
        {
            using var answer = await PostAsync(device, Records.Batch($"r{i}"), isChunked: true);
            Assert.AreEqual(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Unfinished_uploads_hold_their_room_until_they_end()
    {
        await using var console = await RunningConsole.StartAsync(o => o with { IngestCapacity = 64 << 10 });
        using var device = await console.DeviceAsync();
        var ending = new TaskCompletionSource();
        using var held = new HeldContent(new string(' ', 63 << 10), ending.Task);
        var unfinished = device.PostAsync("api/ingestData", held);
        await HeldAsync(console, 63 << 10);

        using var refused = await PostAsync(device, Records.Batch("r1", "r2"), isChunked: false);
        ending.SetResult();
        using var answer = await unfinished;
        await HeldAsync(console, 0);
        using var taken = await PostAsync(device, Records.Batch("r1", "r2"), isChunked: false);

        Assert.AreEqual(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, taken.StatusCode);
    }

    [TestMethod]
    public async Task Under_overload_each_upload_is_stored_or_told_to_come_again()
    {
        await using var console = await RunningConsole.StartAsync(o => o with { IngestCapacity = 32 << 10 });
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();
        var refused = 0;

        await Task.WhenAll(Enumerable.Range(0, 60).Select(async n =>
        {
            var batch = Records.Batch([.. Enumerable.Range(0, 8).Select(i => $"r{n}-{i}")]);
            while (true)
            {
                using var answer = await PostAsync(device, batch, isChunked: n % 2 == 0);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }

                Assert.AreEqual(HttpStatusCode.TooManyRequests, answer.StatusCode);
                Interlocked.Increment(ref refused);
            }
        }));

        Assert.IsGreaterThan(0, refused);
        Assert.AreEqual(480, (await admin.GetFromJsonAsync<JsonElement>("api/admin/calls?after=0&limit=500")).GetArrayLength());
    }

    private async Task HeldAsync(RunningConsole console, long bytes)
    {
        var capacity = console.Host.Services.GetRequiredService<IngestCapacity>();
        while (capacity.ReservedBytes != bytes)
        {
            TestContext.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient device, IngestBatch batch, bool isChunked)
    {
        using var body = JsonContent.Create(batch, WireJson.Default.IngestBatch);
        if (!isChunked)
        {
            await body.LoadIntoBufferAsync();
        }

        return await device.PostAsync("api/ingestData", body);
    }

    [TestMethod]
    public async Task Calls_are_filtered_by_host_app_and_text()
    {
        await using var console = await RunningConsole.StartAsync();
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();
        var batch = new IngestBatch([Records.Record("a"), Records.Record("b", "api.openai.com", "codex"), Records.Record("c", "notopenai.com", "x_y")]);
        (await device.PostAsJsonAsync("api/ingestData", batch, WireJson.Default.IngestBatch)).Dispose();

        async Task<string> Ids(string query) => string.Join(
            ' ', (await admin.GetFromJsonAsync<JsonElement>($"api/admin/calls?{query}")).EnumerateArray().Select(c => c.GetProperty("id").GetString()));

        Assert.AreEqual("c b a", await Ids(""));
        Assert.AreEqual("b", await Ids("host=.openai.com"));
        Assert.AreEqual("b", await Ids("app=codex"));
        Assert.AreEqual("c b", await Ids("q=OPENAI"));
        Assert.AreEqual("c", await Ids("q=x_"));
        Assert.AreEqual("c b a", await Ids("q=monad"));
        Assert.AreEqual("", await Ids("q=%25%25x"));
        Assert.AreEqual("a b", await Ids("after=0&limit=2"));
    }
}
