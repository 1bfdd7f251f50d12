using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Streams of events at a pace, 40 at a time; it also notes how late each event comes.</summary>
internal sealed class SseLoad(Version version, int streams, int events, int pauseMilliseconds) : ILoad
{
    /// <inheritdoc />
    public string Unit => "event";

    /// <summary>From the server's write to the client's read, in microseconds, of the last run, by peer and sorted.</summary>
    public Dictionary<string, List<double>> Delays { get; } = [];

    /// <inheritdoc />
    public async Task<double> RunAsync(Peer peer)
    {
        using var http = AppConnection.Http(peer.Port);
        var delays = new ConcurrentBag<double>();
        await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => Task.Run(() => ReadAsync(http, delays))));
        if (delays.Count != streams * events)
        {
            throw new InvalidOperationException($"{peer.Name} brought {delays.Count} of {streams * events} events");
        }

        Delays[peer.Name] = [.. delays.Order()];
        return delays.Count;
    }

    private async Task ReadAsync(HttpMessageInvoker http, ConcurrentBag<double> delays)
    {
        using var request = AppConnection.Request(
            HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"/sse?n={events}&ms={pauseMilliseconds}"), version, new ByteArrayContent(Question.Bytes));
        using var response = await http.SendAsync(request, CancellationToken.None);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.ASCII);
        while (await reader.ReadLineAsync() is { } line)
        {
            var time = line.IndexOf("\"t\":", StringComparison.Ordinal);
            if (time >= 0)
            {
                var written = long.Parse(line.AsSpan(time + 4, line.IndexOf(',', time) - time - 4), CultureInfo.InvariantCulture);
                delays.Add(Stopwatch.GetElapsedTime(written).TotalMicroseconds);
            }
        }
    }
}
