using AktoDivert.Agent.Benchmarking;

namespace AktoDivert.SideBySide.Peers;

/// <summary>One worker, TLS on both sides, nothing buffered, the upstream verified.</summary>
internal static class NginxConfiguration
{
    private const string StreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    /// <summary>Whether the module for raw streams, a package of its own, is installed.</summary>
    public static bool CanStream => File.Exists(StreamModule);

    /// <summary>The configuration.</summary>
    /// <param name="folder">Certificates, and where nginx may write.</param>
    /// <param name="upstream">Port of the TLS server.</param>
    /// <param name="raw">Port of the server of raw bytes.</param>
    /// <param name="ports">Listen on: TLS, TLS with a new upstream connection and full handshake each, raw stream.</param>
    public static string Write(string folder, int upstream, int raw, (int Tls, int NoReuse, int Stream) ports) => $$"""
        {{(CanStream ? $"load_module {StreamModule};" : "")}}
        worker_processes 1; daemon off; master_process off; pid {{folder}}/nginx.pid; error_log {{folder}}/nginx.log warn;
        events { worker_connections 4096; }
        {{(CanStream ? $"stream {{ access_log off; server {{ listen 127.0.0.1:{ports.Stream}; proxy_pass 127.0.0.1:{raw}; proxy_buffer_size 64k; tcp_nodelay on; }} }}" : "")}}
        http {
          access_log off; client_max_body_size 0; keepalive_requests 100000000; http2_max_concurrent_streams 250;
          client_body_temp_path {{folder}}/b; proxy_temp_path {{folder}}/p; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
          ssl_certificate {{BenchmarkCertificates.ServerFile(folder)}}; ssl_certificate_key {{BenchmarkCertificates.ServerKeyFile(folder)}};
          ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:S:10m;
          map $http_upgrade $connection_field { default upgrade; '' ''; }
          upstream kept { server 127.0.0.1:{{upstream}}; keepalive 256; keepalive_requests 100000000; }
          proxy_http_version 1.1; proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 600s;
          proxy_ssl_server_name on; proxy_ssl_name {{BenchmarkCertificates.Host}}; proxy_ssl_protocols TLSv1.2 TLSv1.3;
          proxy_ssl_verify on; proxy_ssl_trusted_certificate {{BenchmarkCertificates.RootFile(folder)}};
          proxy_set_header Host $http_host;
          server {
            listen 127.0.0.1:{{ports.Tls}} ssl http2;
            location / { proxy_pass https://kept; proxy_set_header Host $http_host; proxy_set_header Connection $connection_field; proxy_set_header Upgrade $http_upgrade; }
          }
          server {
            listen 127.0.0.1:{{ports.NoReuse}} ssl http2;
            proxy_ssl_session_reuse off;
            location / { proxy_pass https://127.0.0.1:{{upstream}}; }
          }
        }

        """;
}
