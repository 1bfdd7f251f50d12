using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Agent.Benchmarking;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.SideBySide.Peers;

/// <summary>
/// The other way to build this product in C#: Kestrel ends the app's TLS and HTTP, an <see cref="HttpMessageInvoker"/> calls the server.
/// It keeps 256 KB of each body, as an interceptor would.
/// </summary>
internal static class ForwarderPeer
{
    private const int KeptBytes = 256 * 1024;
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase) { "connection", "transfer-encoding", "keep-alive", "upgrade", "host" };

    /// <summary>Runs until standard input ends; writes <c>READY port</c>.</summary>
    public static async Task<int> RunAsync(string folder, int upstream)
    {
        using var pem = X509Certificate2.CreateFromPemFile(BenchmarkCertificates.ServerFile(folder), BenchmarkCertificates.ServerKeyFile(folder));
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(certificate);
            });
        });
        await using var server = builder.Build();
        using var http = Client(folder, upstream);
        server.Run(context => ForwardAsync(context, http));
        await server.StartAsync();
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine($"READY {new Uri(address).Port}");
        while (await Console.In.ReadLineAsync() is not null)
        {
            Console.WriteLine(BenchmarkStat.Read(recorded: 0, waiting: 0));
        }

        return 0;
    }

    private static HttpMessageInvoker Client(string folder, int upstream)
    {
        var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        chain.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(BenchmarkCertificates.RootFile(folder)));
        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            EnableMultipleHttp2Connections = true,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = chain },
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, upstream, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }

    private static async Task ForwardAsync(HttpContext context, HttpMessageInvoker http)
    {
        var incoming = context.Request;
        using var request = new HttpRequestMessage(new HttpMethod(incoming.Method), $"https://{BenchmarkCertificates.Host}{incoming.Path}{incoming.QueryString}")
        {
            Version = incoming.Protocol == "HTTP/2" ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var kept = new KeptBody(KeptBytes);
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            request.Content = new ForwardedContent(incoming.Body, incoming.ContentLength, kept);
        }

        foreach (var (name, values) in incoming.Headers)
        {
            if (!HopByHop.Contains(name) && name[0] != ':' && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        using var answer = await http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (!HopByHop.Contains(name))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var keptAnswer = new KeptBody(KeptBytes);
        var writer = context.Response.BodyWriter;
        while (true)
        {
            var memory = writer.GetMemory(16 * 1024);
            var read = await body.ReadAsync(memory, context.RequestAborted);
            if (read == 0)
            {
                break;
            }

            keptAnswer.Append(memory.Span[..read]);
            writer.Advance(read);
            await writer.FlushAsync(context.RequestAborted);
        }

        kept.Dispose();
        keptAnswer.Dispose();
    }
}
