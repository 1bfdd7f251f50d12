using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using AktoDivert.Agent.Benchmarking;

namespace AktoDivert.SideBySide.Loads;

/// <summary>How the loads of this program connect to a peer.</summary>
internal static class AppConnection
{
#pragma warning disable CA5359 // What an app makes of the certificate costs the app, not the proxy; and the load must not be the bottleneck.
    private static readonly RemoteCertificateValidationCallback Any = static (_, _, _, _) => true;
#pragma warning restore CA5359

    /// <summary>TLS settings.</summary>
    public static SslClientAuthenticationOptions Tls(bool resumes, params SslApplicationProtocol[] alpn) => new()
    {
        TargetHost = BenchmarkCertificates.Host,
        RemoteCertificateValidationCallback = Any,
        AllowTlsResume = resumes,
        ApplicationProtocols = [.. alpn],
    };

    /// <summary>A TCP connection to a port.</summary>
    public static async ValueTask<Stream> DialAsync(int port, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>An HTTP client of one port.</summary>
    public static HttpMessageInvoker Http(int port) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ResponseDrainTimeout = TimeSpan.Zero,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = Any },
        ConnectCallback = (_, cancellation) => DialAsync(port, cancellation),
    });

    /// <summary>A request to the server behind the peer.</summary>
    public static HttpRequestMessage Request(HttpMethod method, string path, Version version, HttpContent? content = null) =>
        new(method, $"https://{BenchmarkCertificates.Host}{path}") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
}
