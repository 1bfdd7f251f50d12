using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AktoDivert.Console.Calls;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.ConsoleLoad;

/// <summary>
/// Uploads calls as 100 agents do, 100 in a batch, and counts what was acknowledged and what is stored. The batches are made before the clock
/// starts; sender, console and database share this machine.
/// </summary>
internal static class IngestLoad
{
    private const int Batch = 100;
    private const int Senders = 16;
    private const int WarmUp = 30;

    public static async Task<int> RunAsync(int calls)
    {
        await using var console = await LoadedConsole.StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Senders }) { BaseAddress = console.Host.Address };
        var enrolment = new EnrolRequest(await console.Host.CreateEnrolmentTokenAsync(), "load", "load", "linux");
        using var answer = await client.PostAsJsonAsync("api/agent/enrol", enrolment, WireJson.Default.EnrolRequest);
        var token = (await answer.Content.ReadFromJsonAsync(WireJson.Default.EnrolResponse))!.DeviceToken;
        client.DefaultRequestHeaders.TryAddWithoutValidation("authorization", token);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        // First a while without the clock: connections, partitions, and code that the runtime compiles better once it is used often.
        for (var i = 1; i <= WarmUp; i++)
        {
            await SendAsync(client, Body(0, -Batch * i, now));
        }

        var bodies = Enumerable.Range(0, calls / Batch).Select(b => Body(b, 0, now)).ToArray();
        System.Console.WriteLine($"{calls} calls in batches of {Batch}, {bodies.Average(b => b.Length) / Batch / 1024:0.0} KB of JSON each");

        var (next, refused) = (-1, 0);
        var before = console.CpuTime;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var mine && mine < bodies.Length)
            {
                Interlocked.Add(ref refused, await SendAsync(client, bodies[mine]));
            }
        }));
        var elapsed = Stopwatch.GetElapsedTime(began);
        var (database, process) = (console.CpuTime.Database - before.Database, console.CpuTime.Console - before.Console);

        var stored = await console.Host.Services.GetRequiredService<CallQuery>().LastSeqAsync(CancellationToken.None) - (WarmUp * Batch);
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{calls / elapsed.TotalSeconds:0} calls/s acknowledged, {elapsed.TotalSeconds:0.0} s, {refused} uploads told to come again, {stored} stored"));
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"processor time: {process.TotalMicroseconds / calls:0} µs a call in sender and console, {database.TotalMicroseconds / calls:0} µs in PostgreSQL; both cores to itself: {calls * 2 / (database + process).TotalSeconds:0} calls/s"));
        return stored == calls ? 0 : 1;
    }

    private static byte[] Body(int batch, int from, long now) => JsonSerializer.SerializeToUtf8Bytes(
        new IngestBatch([.. Enumerable.Range(from + (batch * Batch), Batch).Select(n => SampleRecords.Make(n < 0 ? 2_000_000 - n : n, now))]), WireJson.Default.IngestBatch);

    private static async Task<int> SendAsync(HttpClient client, byte[] body)
    {
        for (var refused = 0; ; refused++)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await client.PostAsync(new Uri("api/ingestData", UriKind.Relative), content);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
            {
                answer.EnsureSuccessStatusCode();
                return refused;
            }

            await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
        }
    }
}
