using System.Net.Security;
using System.Security.Authentication;
using AktoDivert.Lab.Network;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace AktoDivert.Lab.Upstream;

/// <summary>All servers of the lab's internet in one process: one listener, certificate and protocols by SNI.</summary>
internal static class UpstreamServers
{
    public static WebApplication Create(ServerCertificates certificates, RequestLog log, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 256;
            kestrel.ListenAnyIP(port, listener =>
            {
                listener.Protocols = HttpProtocols.Http1AndHttp2;
                listener.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = context => ValueTask.FromResult(OptionsFor(certificates, context.ClientHelloInfo.ServerName)),
                });
            });
        });
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.Use((context, next) => Recording.InvokeAsync(context, log, next));
        app.Run(VendorRoutes.AnswerAsync);
        return app;
    }

    /// <summary>A request without SNI, or for a name of nobody, gets the unrelated host's certificate.</summary>
    private static SslServerAuthenticationOptions OptionsFor(ServerCertificates certificates, string serverName)
    {
        var host = LabHost.All.FirstOrDefault(host => host.Name.Equals(serverName, StringComparison.OrdinalIgnoreCase))
            ?? LabHost.All.First(host => host.Name == "www.example.org");
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificates.For(host),
            ApplicationProtocols = host.Profile == TlsProfile.Http11Only
                ? [SslApplicationProtocol.Http11]
                : [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
        if (host.Profile == TlsProfile.Tls12Only)
        {
            options.EnabledSslProtocols = SslProtocols.Tls12;
        }

        if (host.Profile == TlsProfile.ClientCertificate)
        {
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        }

        return options;
    }
}
