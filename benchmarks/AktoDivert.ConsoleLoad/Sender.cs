using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AktoDivert.Core.Wire;

namespace AktoDivert.ConsoleLoad;

/// <summary>
/// Uploads calls as 100 agents do, 100 in a batch: a round for each line it is told. The batches are made before, so that a round costs nothing but
/// sending them.
/// </summary>
internal static class Sender
{
    /// <summary>Asks for a round of calls that are not counted.</summary>
    public const string WarmUp = "warm-up";

    /// <summary>Asks for the calls.</summary>
    public const string Measured = "measured";

    private const int Batch = 100;
    private const int Connections = 16;
    private const int WarmUpBatches = 60;
    private const int FirstWarmUp = 2_000_000;

    /// <summary>Says what it will send, then a <see cref="SendResult"/> for each line, until there is none.</summary>
    public static async Task<int> RunAsync(Uri address, string token, int calls)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections }) { BaseAddress = address };
        client.DefaultRequestHeaders.TryAddWithoutValidation("authorization", token);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var measured = Bodies(0, calls / Batch, now);
        System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{calls} calls in batches of {Batch}, {measured.Average(b => b.Length) / Batch / 1024:0.0} KB of JSON each"));
        for (var round = 0; await System.Console.In.ReadLineAsync() is { } what; round++)
        {
            var bodies = what == Measured ? measured : Bodies(FirstWarmUp + (round * WarmUpBatches * Batch), WarmUpBatches, now);
            System.Console.WriteLine(await SendAsync(client, bodies));
        }

        return 0;
    }

    private static async Task<SendResult> SendAsync(HttpClient client, byte[][] bodies)
    {
        var (next, refused) = (-1, 0);
        var (before, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var mine && mine < bodies.Length)
            {
                Interlocked.Add(ref refused, await SendAsync(client, bodies[mine]));
            }
        }));
        return new SendResult(Stopwatch.GetElapsedTime(began), Environment.CpuUsage.TotalTime - before, refused);
    }

    private static byte[][] Bodies(int first, int batches, long now) => [.. Enumerable.Range(0, batches).Select(b => JsonSerializer.SerializeToUtf8Bytes(
        new IngestBatch([.. Enumerable.Range(first + (b * Batch), Batch).Select(n => SampleRecords.Make(n, now))]), WireJson.Default.IngestBatch))];

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
