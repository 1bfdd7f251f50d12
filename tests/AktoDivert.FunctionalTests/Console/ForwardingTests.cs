using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.Settings;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.FunctionalTests.Console;

[TestClass]
public sealed class ForwardingTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Calls_are_forwarded_to_Akto_in_order_and_again_when_it_asks_for_patience(bool onPostgres)
    {
        await using var akto = await Receiver.StartAsync();
        await using var console = await StartAsync(o => o with { ForwardToAkto = new ForwardOptions(akto.Address, "raw-token") }, onPostgres);
        using var device = await console.DeviceAsync();
        var refusals = 1;
        akto.Answer = _ => Interlocked.Decrement(ref refusals) >= 0 ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK;

        (await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1", "r2"), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
        var refused = await akto.NextAsync(TestContext.CancellationToken);
        var taken = await akto.NextAsync(TestContext.CancellationToken);

        Assert.AreEqual(("/api/ingestData", "raw-token"), (taken.Path, taken.Headers["authorization"]));
        Assert.AreEqual(refused.Body, taken.Body);
        var batch = JsonSerializer.Deserialize(taken.Body, WireJson.Default.IngestBatch)!;
        Assert.HasCount(2, batch.Records);
        var (record, sent) = (Records.Record("r1"), batch.Records[0]);
        Assert.AreEqual((record.RequestPayload, record.ResponsePayload, record.Path, record.Time), (sent.RequestPayload, sent.ResponsePayload, sent.Path, sent.Time));
        Assert.AreEqual("claude-code", JsonDocument.Parse(sent.Tag).RootElement.GetProperty("ai-agent").GetString());
    }

    [TestMethod]
    public async Task A_target_that_was_away_gets_what_it_missed_after_a_restart_and_nothing_twice()
    {
        using var directory = new TemporaryDirectory();
        await using var otlp = await Receiver.StartAsync();
        otlp.Answer = _ => HttpStatusCode.ServiceUnavailable;
        var options = new ConsoleOptions { DataDirectory = directory.Path, Urls = "http://127.0.0.1:0", ForwardToOtlp = new ForwardOptions(otlp.Address) };
        await using (var first = await ConsoleHost.StartAsync(options, cancellation: TestContext.CancellationToken))
        {
            using var device = await EnrolAsync(first);
            (await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1", "r2"), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
            await otlp.NextAsync(TestContext.CancellationToken);
        }

        otlp.Answer = _ => HttpStatusCode.OK;
        await using var second = await ConsoleHost.StartAsync(options, cancellation: TestContext.CancellationToken);
        var missed = await NextTakenAsync(otlp);
        using var again = await EnrolAsync(second);
        (await again.PostAsJsonAsync("api/ingestData", Records.Batch("r3"), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
        var later = await otlp.NextAsync(TestContext.CancellationToken);

        CollectionAssert.AreEqual(new[] { "r1", "r2" }, Ids(missed.Body));
        CollectionAssert.AreEqual(new[] { "r3" }, Ids(later.Body));
        Assert.AreEqual("/v1/traces", missed.Path);
        Assert.IsFalse(missed.Body.Contains("monad", StringComparison.Ordinal), "content stays here");
        var span = Spans(missed.Body).First();
        Assert.AreEqual("chat claude-sonnet-4", span.GetProperty("name").GetString());
        Assert.AreEqual("1780531200123000000", span.GetProperty("startTimeUnixNano").GetString());
        Assert.AreEqual((32, 16), (span.GetProperty("traceId").GetString()!.Length, span.GetProperty("spanId").GetString()!.Length));
        Assert.AreEqual("200", Attribute(span, "http.response.status_code"));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task What_waits_what_is_lost_and_the_last_error_are_told(bool onPostgres)
    {
        var clock = new AdjustableTime();
        await using var akto = await Receiver.StartAsync();
        akto.Answer = _ => HttpStatusCode.ServiceUnavailable;
        await using var console = await StartAsync(o => o with { ForwardToAkto = new ForwardOptions(akto.Address, "raw-token"), RetentionAge = TimeSpan.FromDays(3) }, onPostgres, clock);
        using var device = await console.DeviceAsync();
        using var admin = await console.AdminAsync();
        (await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1", "r2"), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
        await akto.NextAsync(TestContext.CancellationToken);

        var away = await StateAsync(admin, s => s.GetProperty("lastError").GetString()!.Length > 0);
        Assert.AreEqual((2, 0, "status 503"), (away.GetProperty("waiting").GetInt32(), away.GetProperty("lost").GetInt64(), away.GetProperty("lastError").GetString()));
        Assert.IsFalse(away.GetRawText().Contains("raw-token", StringComparison.Ordinal), "its token is told");

        clock.Advance(TimeSpan.FromDays(9));
        var services = console.Host.Services;
        using var retention = new Retention(
            services.GetRequiredService<IDbContextFactory<ConsoleDb>>(), services.GetRequiredService<Partitions>(), services.GetRequiredService<SettingsStore>(),
            console.Options, clock, NullLogger<Retention>.Instance);
        await retention.SweepAsync(TestContext.CancellationToken);
        var lost = await StateAsync(admin, s => s.GetProperty("waiting").GetInt32() == 0);
        Assert.AreEqual(2, lost.GetProperty("lost").GetInt64());
    }

    [TestMethod]
    public async Task What_a_target_lost_that_is_no_longer_configured_is_told_until_it_is_forgotten()
    {
        using var directory = new TemporaryDirectory();
        await using var otlp = await Receiver.StartAsync();
        otlp.Answer = _ => HttpStatusCode.BadRequest;
        var options = new ConsoleOptions { DataDirectory = directory.Path, Urls = "http://127.0.0.1:0", ForwardToOtlp = new ForwardOptions(otlp.Address) };
        await using (var first = await ConsoleHost.StartAsync(options, cancellation: TestContext.CancellationToken))
        {
            using var device = await EnrolAsync(first);
            using var person = await AdminAsync(first);
            (await device.PostAsJsonAsync("api/ingestData", Records.Batch("r1", "r2"), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
            await StateAsync(person, s => s.GetProperty("lost").GetInt64() == 2);
            using var refused = await person.DeleteAsync("api/admin/forwarding/forward.otlp", TestContext.CancellationToken);
            Assert.AreEqual(HttpStatusCode.UnprocessableEntity, refused.StatusCode, "it is in use");
        }

        await using var second = await ConsoleHost.StartAsync(options with { ForwardToOtlp = null }, cancellation: TestContext.CancellationToken);
        using var admin = await AdminAsync(second);
        var state = await StateAsync(admin, _ => true);
        Assert.AreEqual(("forward.otlp", 2, JsonValueKind.Null), (state.GetProperty("name").GetString(), state.GetProperty("lost").GetInt64(), state.GetProperty("address").ValueKind));
        (await admin.DeleteAsync("api/admin/forwarding/forward.otlp", TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();
        Assert.AreEqual(0, (await admin.GetFromJsonAsync<JsonElement>("api/admin/forwarding", TestContext.CancellationToken)).GetArrayLength());
        var log = await admin.GetFromJsonAsync<JsonElement>("api/admin/audit?action=forwarding.", TestContext.CancellationToken);
        Assert.AreEqual("forward.otlp", log[0].GetProperty("target").GetString());
    }

    private static async Task<HttpClient> AdminAsync(ConsoleHost host)
    {
        var client = new HttpClient { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", await host.CreateAdminTokenAsync());
        return client;
    }

    private async Task<JsonElement> StateAsync(HttpClient admin, Func<JsonElement, bool> holds)
    {
        while (true)
        {
            var state = (await admin.GetFromJsonAsync<JsonElement>("api/admin/forwarding", TestContext.CancellationToken)).EnumerateArray().Single();
            if (holds(state))
            {
                return state;
            }

            await Task.Delay(50, TestContext.CancellationToken);
        }
    }

    // Refusals of before the restart may still wait in the queue.
    private async Task<Receiver.Posted> NextTakenAsync(Receiver receiver)
    {
        var post = await receiver.NextAsync(TestContext.CancellationToken);
        while (post.Status != HttpStatusCode.OK)
        {
            post = await receiver.NextAsync(TestContext.CancellationToken);
        }

        return post;
    }

    private static IEnumerable<JsonElement> Spans(string body) => JsonDocument.Parse(body).RootElement.GetProperty("resourceSpans").EnumerateArray()
        .SelectMany(r => r.GetProperty("scopeSpans").EnumerateArray()).SelectMany(s => s.GetProperty("spans").EnumerateArray());

    private static string[] Ids(string body) => [.. Spans(body).Select(s => Attribute(s, "aktodivert.call.id"))];

    private static string Attribute(JsonElement span, string key)
    {
        var value = span.GetProperty("attributes").EnumerateArray().Single(a => a.GetProperty("key").GetString() == key).GetProperty("value");
        return value.EnumerateObject().Single().Value.GetString()!;
    }

    private static async Task<HttpClient> EnrolAsync(ConsoleHost host)
    {
        var client = new HttpClient { BaseAddress = host.Address };
        var request = new EnrolRequest(await host.CreateEnrolmentTokenAsync(), "agent-1", "laptop", "linux");
        using var answer = await client.PostAsJsonAsync("api/agent/enrol", request, WireJson.Default.EnrolRequest);
        client.DefaultRequestHeaders.TryAddWithoutValidation("authorization", (await answer.Content.ReadFromJsonAsync(WireJson.Default.EnrolResponse))!.DeviceToken);
        return client;
    }

    private static async Task<RunningConsole> StartAsync(Func<ConsoleOptions, ConsoleOptions> adjust, bool onPostgres, TimeProvider? time = null)
    {
        var database = onPostgres ? await Postgres.DatabaseAsync() : null;
        return await RunningConsole.StartAsync(o => adjust(o with { Database = database }), time);
    }
}
