using AktoDivert.Agent.Benchmarking;

namespace AktoDivert.SideBySide.Peers;

/// <summary>One thread; HTTP/2 to HTTP/2 and HTTP/1.1 to HTTP/1.1 by the client's choice, the upstream verified; and a spliced TCP tunnel.</summary>
internal static class HaproxyConfiguration
{
    /// <summary>The configuration.</summary>
    /// <param name="folder">Certificates.</param>
    /// <param name="upstream">Port of the TLS server.</param>
    /// <param name="raw">Port of the server of raw bytes.</param>
    /// <param name="ports">Listen on: TLS, raw.</param>
    public static string Write(string folder, int upstream, int raw, (int Tls, int Raw) ports)
    {
        var server = $"server s 127.0.0.1:{upstream} ssl verify required ca-file {BenchmarkCertificates.RootFile(folder)} sni str({BenchmarkCertificates.Host}) verifyhost {BenchmarkCertificates.Host}";
        return $"""
            global
              nbthread 1
              maxconn 4000
              tune.h2.initial-window-size 1048576
              tune.h2.max-concurrent-streams 250
            defaults
              timeout connect 5s
              timeout client 600s
              timeout server 600s
              timeout tunnel 600s
              http-reuse always
              option http-no-delay
            frontend tls
              mode http
              bind 127.0.0.1:{ports.Tls} ssl crt {folder}/haproxy.pem alpn h2,http/1.1
              use_backend h2 if {"{ ssl_fc_alpn h2 }"}
              default_backend h1
            backend h2
              mode http
              {server} alpn h2
            backend h1
              mode http
              {server} alpn http/1.1
            listen raw
              mode tcp
              bind 127.0.0.1:{ports.Raw}
              option splice-auto
              option splice-request
              option splice-response
              server s 127.0.0.1:{raw}

            """;
    }
}
