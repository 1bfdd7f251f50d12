using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AktoDivert.Agent.Benchmarking;

/// <summary>Calls the benchmark's server through one port, as an app does.</summary>
internal sealed class BenchmarkClient : IDisposable
{
    private static readonly byte[] Question =
        Encoding.ASCII.GetBytes($$"""{"model":"m","messages":[{"role":"user","content":"{{new string('a', 1990)}}"}]}""");

    private readonly HttpMessageInvoker _http;
    private readonly Version _version;

    /// <summary>Makes a client without connections.</summary>
    /// <param name="port">Port on 127.0.0.1: the server's, or that of a proxy before it.</param>
    /// <param name="roots">Authorities trusted.</param>
    /// <param name="version">1.1 or 2.0.</param>
    /// <param name="keepsConnections">False for a new connection, with a full handshake, per call.</param>
    public BenchmarkClient(int port, X509Certificate2Collection roots, Version version, bool keepsConnections = true)
    {
        _version = version;
        var chain = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        chain.CustomTrustStore.AddRange(roots);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ResponseDrainTimeout = TimeSpan.Zero,
            PooledConnectionLifetime = keepsConnections ? Timeout.InfiniteTimeSpan : TimeSpan.Zero,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = chain, AllowTlsResume = keepsConnections },
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }

    /// <summary>One call, 2 KB up and 1 KB down.</summary>
    /// <exception cref="HttpRequestException">It failed.</exception>
    public async Task CallAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, "/json", new ByteArrayContent(Question), cancellationToken);
        await response.Content.CopyToAsync(Stream.Null, cancellationToken);
    }

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="HttpRequestException">It failed.</exception>
    public async Task DownloadAsync(long bytes, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/download?bytes={bytes}", null, cancellationToken);
        await response.Content.CopyToAsync(Stream.Null, cancellationToken);
    }

    /// <summary>Calls again and again for a while, from several callers at a time.</summary>
    /// <returns>How long each call took, sorted.</returns>
    public async Task<List<TimeSpan>> CallForAsync(TimeSpan duration, int callers, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var took = await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            var own = new List<TimeSpan>();
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                var began = Stopwatch.GetTimestamp();
                await CallAsync(cancellationToken);
                own.Add(Stopwatch.GetElapsedTime(began));
            }

            return own;
        }));
        return [.. took.SelectMany(own => own).Order()];
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, $"https://{BenchmarkCertificates.Host}{path}")
        {
            Version = _version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content?.Headers.TryAddWithoutValidation("content-type", "application/json");
        var response = await _http.SendAsync(request, cancellationToken);
        return response.EnsureSuccessStatusCode();
    }
}
