using System.Net.Security;
using System.Text;
using AktoDivert.Agent.Benchmarking;

namespace AktoDivert.SideBySide.Loads;

/// <summary>Connections that made one call over HTTP/1.1 and wait, as those of an app between two prompts.</summary>
internal sealed class IdleConnections : IAsyncDisposable
{
    private static readonly byte[] Request =
    [
        .. Encoding.ASCII.GetBytes($"POST /json HTTP/1.1\r\nHost: {BenchmarkCertificates.Host}\r\nContent-Type: application/json\r\nContent-Length: {Question.Bytes.Length}\r\n\r\n"),
        .. Question.Bytes,
    ];

    private readonly List<SslStream> _open = [];

    /// <summary>Opens them, eight at a time.</summary>
    public static async Task<IdleConnections> OpenAsync(int port, int count)
    {
        var connections = new IdleConnections();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, cancellation) =>
        {
            var tls = new SslStream(await AppConnection.DialAsync(port, cancellation));
            await tls.AuthenticateAsClientAsync(AppConnection.Tls(resumes: true, SslApplicationProtocol.Http11), cancellation);
            await tls.WriteAsync(Request, cancellation);
            var buffer = new byte[2048];
            for (var total = 0; total < 1024;)
            {
                total += await tls.ReadAsync(buffer, cancellation) is > 0 and var read ? read : throw new InvalidOperationException("an idle connection was closed");
            }

            lock (connections._open)
            {
                connections._open.Add(tls);
            }
        });
        return connections;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var tls in _open)
        {
            await tls.DisposeAsync();
        }
    }
}
