using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using AktoDivert.Proxy.Classify;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Intercept;

/// <summary>Step 3, app's side: answers the ClientHello that was read, with our leaf and exactly the protocol the server chose.</summary>
internal sealed class AppHandshake(ProxyOptions options, TimeProvider time)
{
    /// <summary>Handshakes.</summary>
    /// <exception cref="AppHandshakeException">The app refused the certificate or the handshake failed otherwise.</exception>
    public async Task<TlsEnd> AcceptAsync(
        StreamSocket app,
        FirstBytes first,
        SslStreamCertificateContext leaf,
        SslApplicationProtocol protocol,
        CancellationToken stopping)
    {
        if (HasLeft(app.Socket))
        {
            throw new AppHandshakeException("the app left while the server was being connected", refusal: null, hasLeft: true);
        }

        var transport = new TransportStream(app, first);
        var tls = new SslStream(transport);
        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        try
        {
            await tls.AuthenticateAsServerAsync(Options(leaf, protocol), either.Token);
            return await TlsEnd.OverAsync(app, transport, tls);
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            await tls.DisposeAsync();
            var refusal = stopping.IsCancellationRequested ? null : AppRefusal.OfHandshake(e, transport);
            throw new AppHandshakeException(
                refusal ?? e.GetBaseException().Message, refusal, hasLeft: !transport.HasSent && e is IOException, e);
        }
    }

    private static SslServerAuthenticationOptions Options(SslStreamCertificateContext leaf, SslApplicationProtocol protocol) => new()
    {
        ServerCertificateContext = leaf,
        ApplicationProtocols = protocol.Protocol.IsEmpty ? null : [protocol],
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
    };

    /// <summary>
    /// Whether the app closed or reset while it waited. An app that gave up early must not look like one that refused our certificate.
    /// </summary>
    private static bool HasLeft(Socket app)
    {
        try
        {
            return app.Poll(0, SelectMode.SelectRead) && app.Available == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
