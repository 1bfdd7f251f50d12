using System.Net.Security;
using System.Text;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Loads;

/// <summary>New connections, each with a full handshake of the app's and one call, four at a time.</summary>
internal sealed class HandshakeLoad(int connections) : ILoad
{
    private const int AtATime = 4;

    private static readonly byte[] Request =
    [
        .. Encoding.ASCII.GetBytes($"POST /json HTTP/1.1\r\nHost: {BenchmarkCertificates.Host}\r\nContent-Type: application/json\r\nContent-Length: {Question.Bytes.Length}\r\nConnection: close\r\n\r\n"),
        .. Question.Bytes,
    ];

    /// <inheritdoc />
    public string Unit => "connection";

    /// <inheritdoc />
    public async Task<double> RunAsync(Peer peer)
    {
        await Parallel.ForAsync(0, connections, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (_, cancellation) =>
        {
            await using var tls = new SslStream(await AppConnection.DialAsync(peer.Port, cancellation));
            await tls.AuthenticateAsClientAsync(AppConnection.Tls(resumes: false, SslApplicationProtocol.Http11), cancellation);
            await tls.WriteAsync(Request, cancellation);
            var (buffer, total) = (new byte[4096], 0);
            while (await tls.ReadAsync(buffer, cancellation) is > 0 and var read)
            {
                total += read;
            }

            if (total < 1024)
            {
                throw new InvalidOperationException($"{peer.Name} answered {total} bytes");
            }
        });
        return connections;
    }
}
