using System.Net.Sockets;
using AktoDivert.Lab.Upstream;

namespace AktoDivert.Lab.Clients;

/// <summary>Asks the lab's servers what they received.</summary>
internal sealed class UpstreamView(string socket) : IDisposable
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(3);

    private readonly HttpClient _client = new(new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(socket, cancellation) })
    {
        BaseAddress = new Uri("http://upstream"),
    };

    /// <summary>The requests of one call, once the last of them is complete or 3 s have passed.</summary>
    public async Task<IReadOnlyList<RequestRecord>> SettledAsync(string call, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(SettleLimit);
        while (true)
        {
            var requests = await ReadAsync(call, cancellation);
            if (limit.IsCancellationRequested || requests.All(request => request.Completed))
            {
                return requests;
            }

            await Task.Delay(50, cancellation);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<IReadOnlyList<RequestRecord>> ReadAsync(string call, CancellationToken cancellation)
    {
        try
        {
            return await _client.GetFromJsonAsync<IReadOnlyList<RequestRecord>>($"/requests?call={call}", cancellation) ?? [];
        }
        catch (HttpRequestException failure)
        {
            throw new LabException($"The lab's servers do not answer at {socket} any more: {failure.Message}");
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch (SocketException)
        {
            connection.Dispose();
            throw;
        }
    }
}
