using System.Globalization;
using System.Net;
using System.Text;
using AktoDivert.Tests.Shared;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>A hundred streams at once on one connection, each with a fate of its own.</summary>
[TestClass]
public sealed class ParallelStreamsTests
{
    private const int Streams = 100;

    [TestMethod]
    [DataRow(0, 0, 1)]
    [DataRow(0, 0, 2)]
    [DataRow(65_535, 65_535, 3)]
    [DataRow(131_072, 65_535, 4)]
    public async Task Between_dotnet_and_Kestrel_each_gets_what_is_its_own(int connectionWindow, int streamWindow, int seed)
    {
        await using var run = await GateRun.StartAsync("2.0", kestrel: kestrel =>
        {
            if (connectionWindow > 0)
            {
                kestrel.Limits.Http2.InitialConnectionWindowSize = connectionWindow;
                kestrel.Limits.Http2.InitialStreamWindowSize = streamWindow;
            }
        });
        for (var round = 0; round < 3; round++)
        {
            var random = new Random((seed * 10) + round);
            var calls = Enumerable.Range(0, Streams).Select(i => (Number: i, Kind: random.Next(8), Size: random.Next(20, 20 + random.Next(1, 200_000)), Hold: random.Next(0, 60))).ToArray();
            await Task.WhenAll(calls.Select(c => CallAsync(run, c.Number + (round * Streams), c.Kind, c.Size, c.Hold)));
        }

        Assert.AreEqual(0, run.Proxy.Counters.Read().Where(c => c.Key.StartsWith("gate.ended", StringComparison.Ordinal)).Sum(c => c.Value));
        Assert.AreEqual(1, run.Proxy.Counters["gate.connections"]);
    }

    private static async Task CallAsync(GateRun run, int number, int kind, int size, int hold)
    {
        var unique = $"unique-{number}-{size}";
        var body = WebUpstream.Bytes(size);
        var expected = (byte[])body.Clone();
        var path = kind switch { 3 => "/deny", 4 => "/early", 5 => "/trailers", _ => "/echo" };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Add("x-uniq", unique);
        request.Headers.Add("x-common", $"common-{number % 5}");
        request.Headers.Add("x-hold-ms", hold.ToString(CultureInfo.InvariantCulture));
        switch (kind)
        {
            case 0:
                request.Headers.Add("x-pass", "1");
                break;
            case 1:
                "SECRET42"u8.CopyTo(body.AsSpan(size / 2));
                "********"u8.CopyTo(expected.AsSpan(size / 2));
                break;
            case 2:
                "BLOCKME"u8.CopyTo(body.AsSpan(size / 2));
                break;
        }

        request.Content = new ByteArrayContent(body);
        using var leaving = new CancellationTokenSource();
        if (kind == 6)
        {
            leaving.CancelAfter(hold / 4);
            try
            {
                using var aborted = await run.Client.SendAsync(request, leaving.Token);
            }
            catch (OperationCanceledException)
            {
                // What this stream is for.
            }

            return;
        }

        using var response = await run.Client.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        if (kind is 2 or 3)
        {
            Assert.AreEqual((HttpStatusCode.BadRequest, MarkerGuard.BlockedText), (response.StatusCode, Encoding.UTF8.GetString(answer)), $"stream {number}");
            return;
        }

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, $"stream {number} kind {kind}");
        switch (kind)
        {
            case 4:
                Assert.AreEqual("early", Encoding.UTF8.GetString(answer));
                break;
            case 5:
                Assert.AreEqual(unique, response.TrailingHeaders.GetValues("x-trailer").Single());
                Assert.IsTrue(answer.AsSpan().SequenceEqual(expected), $"stream {number}");
                break;
            default:
                Assert.AreEqual(unique, response.Headers.GetValues("x-uniq").Single());
                Assert.IsTrue(answer.AsSpan().SequenceEqual(expected), $"stream {number} kind {kind} size {size}");
                break;
        }
    }
}
