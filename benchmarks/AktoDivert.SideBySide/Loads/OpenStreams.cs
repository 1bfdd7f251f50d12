using System.Globalization;
using System.Net;
using System.Text;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Streams of events over HTTP/1.1 that are open at one time, each with an event a second.</summary>
internal sealed class OpenStreams : IAsyncDisposable
{
    // Longer than anybody keeps them open.
    private const int Events = 600;

    // Each waits a second for its first event.
    private const int AtOnce = 64;

    private readonly CancellationTokenSource _ending = new();
    private readonly HttpMessageInvoker _http;
    private readonly List<Task> _reading = [];

    private OpenStreams(int port) => _http = AppConnection.Http(port);

    /// <summary>Opens them, some at a time; each has brought an event when this returns.</summary>
    public static async Task<OpenStreams> OpenAsync(int port, int count)
    {
        var streams = new OpenStreams(port);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) =>
        {
            var (response, reader) = await streams.OpenOneAsync();
            lock (streams._reading)
            {
                streams._reading.Add(streams.ReadOnAsync(response, reader));
            }
        });
        return streams;
    }

    /// <summary>Fails if one of them ended meanwhile.</summary>
    public void AssertOpen()
    {
        if (_reading.Count(reading => reading.IsCompleted) is > 0 and var ended)
        {
            throw new InvalidOperationException($"{ended} of {_reading.Count} streams ended");
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_reading);
        _http.Dispose();
        _ending.Dispose();
    }

    private async Task<(HttpResponseMessage Response, StreamReader Reader)> OpenOneAsync()
    {
        using var request = AppConnection.Request(
            HttpMethod.Post, string.Create(CultureInfo.InvariantCulture, $"/sse?n={Events}&ms=1000"), HttpVersion.Version11, new ByteArrayContent(Question.Bytes));
        var response = await _http.SendAsync(request, _ending.Token);
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(_ending.Token), Encoding.ASCII);
        return await reader.ReadLineAsync(_ending.Token) is not null ? (response, reader) : throw new InvalidOperationException("a stream ended before its first event");
    }

    private async Task ReadOnAsync(HttpResponseMessage response, StreamReader reader)
    {
        using (response)
        using (reader)
        {
            try
            {
                while (await reader.ReadLineAsync(_ending.Token) is not null)
                {
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
            {
                // Closed here, or by the peer: AssertOpen tells.
            }
        }
    }
}
